import * as Result from "effect/Result"
import * as SemVer from "effect/SemVer"
import type * as Command from "../../Command.ts"
import type * as CommandBus from "../../CommandBus.ts"
import type * as Directive from "../../Directive.ts"
import type * as Event from "../../Event.ts"
import type * as Extension from "../../Extension.ts"
import type * as ExtensionPoint from "../../ExtensionPoint.ts"
import type * as Mapping from "../../ExtensionPointMapping.ts"
import type * as Id from "../../Id.ts"
import { checkMessages } from "../contracts/contractRules.ts"
import { checkName, definitionClass, refuse } from "../definitions/definition.ts"
import { sourceOf } from "./mappedSource.ts"

const checkVersion = (name: string, of: string, version: string): string =>
  Result.isSuccess(SemVer.parse(version))
    ? version
    : refuse(`the version '${version}' of the ${of} of extension point '${name}' is no SemVer, such as '1.0.0'`)

/** What the mappings of a contract have to do with the types is checked where they are made; here they are only values. */
interface ErasedOptions {
  readonly name?: string
  readonly from?: Mapping.Source
  readonly key?: Id.Id<any>
  readonly outgoing?: Mapping.Handlers
  readonly incoming?: Mapping.Handlers
  readonly sends?: ReadonlyArray<CommandBus.AnyTarget>
  readonly directivesSend?: ReadonlyArray<CommandBus.AnyTarget>
}

const phantoms = { "~Point": (_: never) => _, "~Targets": (_: never) => _, "~R": (_: never) => _ }

type Contract = ExtensionPoint.Options<Command.Any, Event.Any, Directive.Any>

/** Makes the class of a contract, once what it says is checked. */
export const definePoint = <Self>(name: string, options: Contract): Self => {
  const { commands = [], connect, description, directives = [], events = [], version } = options
  const [plugin = "", own = "", ...rest] = name.split(".")
  if (rest.length > 0 || own === "") refuse(`an extension point is named 'Plugin.Name', not '${name}'`)
  checkName("an extension point's plugin", plugin)
  checkName("an extension point", own)
  const versions = typeof version === "string" ? { commands: version, events: version } : version
  const what = `extension point '${name}'`
  const names = [...commands, ...events].map(({ tag }) => tag)
  const twice = names.find((one, index) => names.indexOf(one) !== index)
  if (twice !== undefined) refuse(`${what} has two messages named '${twice}'`)
  const asked = directives.map(({ tag }) => tag).find((one, index, all) => all.indexOf(one) !== index)
  if (asked !== undefined) refuse(`${what} has two directives named '${asked}'`)
  checkMessages(name, { commands, events, directives })
  const self = definitionClass<Self & ExtensionPoint.Any>({
    kind: "ExtensionPoint" as const,
    tag: name,
    plugin,
    version: {
      commands: checkVersion(name, "commands", versions.commands),
      events: checkVersion(name, "events", versions.events)
    },
    commands: Object.fromEntries(
      commands.map((command) => [command.tag, {
        component: name,
        fields: command.fields,
        errors: command.errors,
        async: false,
        "~address": { component: name, command, async: false }
      }])
    ),
    commandDefinitions: commands,
    events,
    directives,
    connect,
    description,
    mapping: (given: ErasedOptions): Mapping.Mapping => ({
      kind: "ExtensionPointMapping",
      point: self,
      name: given.name,
      source: sourceOf(`the mapping of ${what}`, given),
      outgoing: given.outgoing ?? {},
      incoming: given.incoming,
      sends: given.sends,
      directivesSend: given.directivesSend,
      ...phantoms
    }),
    extension: (given: ErasedOptions): Extension.Extension => ({
      kind: "Extension",
      point: self,
      name: given.name,
      incoming: given.incoming,
      source: sourceOf(`the extension of ${what}`, given),
      outgoing: given.outgoing ?? {},
      sends: given.sends,
      ...phantoms
    }),
    older: (
      older: ExtensionPoint.Any,
      { commands: up, events: down }: { readonly events: Mapping.Older["down"]; readonly commands: Mapping.Older["up"] }
    ): Mapping.Older => ({ kind: "OlderContract", point: self, older, down, up, ...phantoms })
  })
  return self
}
