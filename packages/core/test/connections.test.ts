import { assert, describe, it } from "@effect/vitest"
import type { PluginDefinition, ProvidedPoint, RegisteredPlugin } from "@reventless/core/Registry"
import * as Connections from "../src/internal/registry/connections.ts"
import * as Registered from "../src/internal/registry/registered.ts"
import { PluginConnected, PluginDeactivated, PluginDisconnected, PluginRetired } from "../src/PlatformPlugin.ts"
import { PluginName } from "../src/Registry.ts"

const point = "Catalog.Products"

const both = (version: string) => ({ commands: version, events: version })

const definition = (name: string, version: string, more: Partial<PluginDefinition> = {}): PluginDefinition => ({
  name,
  version,
  heartbeatInterval: 300_000,
  extensionPoints: [],
  extensions: [],
  ...more
})

const provider = (version: string, provided: Partial<ProvidedPoint> & ReturnType<typeof both>) =>
  definition("Catalog", version, { extensionPoints: [{ name: point, older: [], ...provided }] })

const consumer = (wanted: ReturnType<typeof both>) =>
  definition("Ordering", "3.0.0", { extensions: [{ name: point, ...wanted }] })

const connected = (definition: PluginDefinition): Registered.RegistryEvent =>
  PluginConnected.make({
    plugin: PluginName.make(definition.name),
    version: definition.version,
    instance: `runs ${definition.version}`,
    definition,
    time: 1
  })

const of = ({ name, version }: PluginDefinition) => ({ plugin: PluginName.make(name), version, time: 2 })

const disconnected = (definition: PluginDefinition): Registered.RegistryEvent =>
  PluginDisconnected.make({ ...of(definition), instance: `runs ${definition.version}`, why: "stopped" })

const deactivated = (definition: PluginDefinition): Registered.RegistryEvent =>
  PluginDeactivated.make({ ...of(definition), by: "ada", why: "?" })

const retired = (definition: PluginDefinition): Registered.RegistryEvent =>
  PluginRetired.make({ ...of(definition), by: "ada", why: "?" })

const registry = (events: ReadonlyArray<Registered.RegistryEvent>) => {
  const plugins = new Map<string, RegisteredPlugin>()
  for (const event of events) {
    plugins.set(event.plugin, Registered.evolve(plugins.get(event.plugin) ?? Registered.unknown, event))
  }
  return plugins
}

/** How the extension of a consumer stands after these events. */
const after = (events: ReadonlyArray<Registered.RegistryEvent>, wanted: ReturnType<typeof both>) => {
  const plugins = registry(events)
  const found = Connections.connection(plugins, consumer(wanted), consumer(wanted).extensions[0]!)
  return found._tag === "Connected" ? `Connected to ${found.provider.version}` : `${found._tag}: ${found.reason}`
}

describe("an extension", () => {
  it("is connected when its contract has the provider's major, and a minor that isn't newer", () => {
    const events = [connected(provider("5.0.0", both("2.3.4")))]
    for (const version of ["2.0.0", "2.3.0", "2.3.9"]) {
      assert.strictEqual(after(events, both(version)), "Connected to 5.0.0")
    }
  })

  it("is refused when it is newer than the provider, which is to be deployed first", () => {
    const events = [connected(provider("5.0.0", both("2.3.0")))]
    assert.strictEqual(
      after(events, both("2.4.0")),
      "Refused: 'Ordering' 3.0.0 was made for the events 2.4.0 of 'Catalog.Products', and 'Catalog' 5.0.0 provides " +
        "2.3.0: deploy the provider first"
    )
    assert.include(after(events, both("3.0.0")), "provides 2.3.0: deploy the provider first")
  })

  it("is refused when the provider is on another major and doesn't serve the older one", () => {
    const events = [connected(provider("5.0.0", both("2.0.0")))]
    assert.strictEqual(
      after(events, both("1.5.0")),
      "Refused: 'Ordering' 3.0.0 was made for the events 1.5.0 of 'Catalog.Products', and 'Catalog' 5.0.0 provides " +
        "2.0.0: it doesn't serve version 1 any more: build the extension with the current contract, or list " +
        "'Catalog.Products' of version 1 with 'older' in the provider"
    )
  })

  it("is connected when the provider serves its older major, up to the minor that is served", () => {
    const events = [connected(provider("5.0.0", { ...both("2.0.0"), older: [both("1.5.0")] }))]
    assert.strictEqual(after(events, both("1.5.0")), "Connected to 5.0.0")
    assert.include(after(events, both("1.6.0")), "Refused")
  })

  it("needs its commands and its events to be served", () => {
    const events = [connected(provider("5.0.0", { commands: "1.0.0", events: "2.0.0" }))]
    assert.strictEqual(after(events, { commands: "1.0.0", events: "2.0.0" }), "Connected to 5.0.0")
    assert.include(after(events, { commands: "1.1.0", events: "2.0.0" }), "the commands 1.1.0")
    assert.include(after(events, { commands: "1.0.0", events: "2.1.0" }), "the events 2.1.0")
  })

  it("is refused when the provider doesn't list its plugin in 'connect'", () => {
    const events = (connect: ReadonlyArray<string>) => [connected(provider("5.0.0", { ...both("1.0.0"), connect }))]
    assert.strictEqual(after(events(["Shipping", "Ordering"]), both("1.0.0")), "Connected to 5.0.0")
    assert.strictEqual(
      after(events(["Shipping", "Billing"]), both("1.0.0")),
      "Refused: 'Catalog' 5.0.0 lets Shipping, Billing connect to 'Catalog.Products', and not 'Ordering': add " +
        "'Ordering' to its 'connect'"
    )
    assert.include(after(events([]), both("1.0.0")), "lets nobody connect")
  })

  it("waits for a provider that never was, and for one that doesn't provide the extension point yet", () => {
    assert.strictEqual(after([], both("1.0.0")), "Waiting: nobody provides 'Catalog.Products' yet")
    assert.strictEqual(
      after([connected(definition("Catalog", "1.0.0"))], both("1.0.0")),
      "Waiting: 'Catalog' 1.0.0 doesn't provide 'Catalog.Products' yet"
    )
  })

  it("is refused by a provider that doesn't provide the extension point any more", () => {
    const events = [connected(provider("1.0.0", both("1.0.0"))), connected(definition("Catalog", "2.0.0"))]
    assert.strictEqual(
      after(events, both("1.0.0")),
      "Refused: 'Catalog' 2.0.0 doesn't provide 'Catalog.Products' any more: take the extension out of 'Ordering', or " +
        "bring it back"
    )
  })

  it("stays connected to the version that was current last while no process runs the provider", () => {
    const [older, newer] = [provider("1.0.0", both("1.0.0")), provider("1.1.0", both("1.1.0"))]
    const rolledBack = [connected(older), connected(newer), disconnected(newer)]
    assert.strictEqual(after(rolledBack, both("1.0.0")), "Connected to 1.0.0")
    assert.strictEqual(after([...rolledBack, disconnected(older)], both("1.0.0")), "Connected to 1.0.0")
  })

  it("waits while the version that was current last is inactive or retired, whatever older ones nobody runs", () => {
    const [older, newer] = [provider("1.0.0", both("1.0.0")), provider("1.1.0", both("1.1.0"))]
    const inactive = "Waiting: 'Catalog' 1.1.0 was deactivated by ada: ?; activate it, or start another version"
    const shut = [connected(newer), deactivated(newer)]
    assert.strictEqual(after(shut, both("1.1.0")), inactive)
    const rolledOut = [connected(older), disconnected(older), ...shut]
    assert.strictEqual(after(rolledOut, both("1.1.0")), inactive)
    assert.strictEqual(after([...rolledOut, disconnected(newer)], both("1.1.0")), inactive)
    assert.strictEqual(
      after([...rolledOut, retired(newer)], both("1.1.0")),
      "Waiting: 'Catalog' 1.1.0 was retired by ada: ?; start another version"
    )
    assert.strictEqual(after([...rolledOut, connected(older)], both("1.0.0")), "Connected to 1.0.0")
  })

  it("is listed in the version that was current last, with the contract it was made for and not as an older one", () => {
    const catalog = provider("1.0.0", both("1.2.0"))
    const ordering = (version: string, events: string) => ({
      ...consumer({ commands: "1.0.0", events }),
      version
    })
    const [older, newer] = [ordering("1.1.0", "1.1.0"), ordering("2.0.0", "1.2.0")]
    const events = [connected(catalog), connected(older), disconnected(older), connected(newer)]
    const row = { plugin: "Ordering", version: "2.0.0", extensionPoint: point, commands: "1.0.0", events: "1.2.0" }
    assert.deepStrictEqual(Connections.all(registry(events)), [{ ...row, status: "connected", provider: "1.0.0" }])
    assert.deepStrictEqual(Connections.all(registry([...events, deactivated(newer)])), [{
      ...row,
      status: "waiting",
      reason: "'Ordering' 2.0.0 was deactivated by ada: ?; activate it, or start another version"
    }])
  })

  it("is refused by an incompatible version that comes, and connected again when it is rolled back", () => {
    const [fine, broken] = [provider("1.0.0", both("1.0.0")), provider("2.0.0", both("2.0.0"))]
    const events = [connected(fine), connected(broken)]
    assert.include(after(events, both("1.0.0")), "Refused")
    assert.strictEqual(after([...events, disconnected(broken)], both("1.0.0")), "Connected to 1.0.0")
    assert.strictEqual(after([...events, deactivated(broken)], both("1.0.0")), "Connected to 1.0.0")
  })
})
