import { Shipping } from "@reventless/example-shipping"
import * as PluginProperties from "@reventless/testing/PluginProperties"

PluginProperties.check(Shipping)
