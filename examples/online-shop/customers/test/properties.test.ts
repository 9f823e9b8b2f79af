import { Customers } from "@reventless/example-customers"
import * as PluginProperties from "@reventless/testing/PluginProperties"
import { addressBook } from "./services.ts"

PluginProperties.check(Customers, { services: addressBook(new Map()) })
