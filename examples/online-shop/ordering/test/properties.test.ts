import { Ordering } from "@reventless/example-ordering"
import * as PluginProperties from "@reventless/testing/PluginProperties"

PluginProperties.check(Ordering)
