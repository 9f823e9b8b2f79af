import { Catalog } from "@reventless/example-catalog"
import * as PluginProperties from "@reventless/testing/PluginProperties"

PluginProperties.check(Catalog)
