import { Ordering } from "@reventless/example-ordering"
import * as PluginProperties from "@reventless/testing/PluginProperties"
import * as Services from "./services.ts"

PluginProperties.check(Ordering, { services: Services.layer })
