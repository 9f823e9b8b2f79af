import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
import { Catalog } from "@reventless/example-catalog"
import * as PluginProperties from "@reventless/testing/PluginProperties"

PluginProperties.check(Catalog, { services: ObjectStoreMemory.layer })
