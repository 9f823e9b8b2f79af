/** Reads the sequence diagrams of the guides, and what a recorded trace says of the same flow. */
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"

/** One message: who does it, to whom, and the span with what it is about. */
export interface Arrow {
  readonly from: string
  readonly to: string
  readonly span: string
}

/** A sequence diagram in Markdown, with its name. */
export const drawn = (name: string, arrows: ReadonlyArray<string>): string =>
  [`<!-- flow: ${name} -->`, "", "```mermaid", "sequenceDiagram", ...arrows.map((one) => `    ${one}`), "```", ""].join(
    "\n"
  )

/** The arrows and participants of a diagram in Markdown; participants by what they are called, not by their aliases. */
export const diagramOf = (markdown: string, name: string) => {
  const start = markdown.indexOf(`<!-- flow: ${name} -->`)
  if (start < 0) throw new Error(`there is no flow '${name}'`)
  const [, text = ""] = /```mermaid\n([\s\S]*?)```/.exec(markdown.slice(start)) ?? []
  const called = new Map([...text.matchAll(/^\s*participant (\S+) as (.+)$/gm)].map(([, alias, as]) => [alias!, as!]))
  const arrows = [...text.matchAll(/^\s*(\S+?)->>(\S+?): (.+)$/gm)].map(([, from, to, span]): Arrow => ({
    from: called.get(from!) ?? from!,
    to: called.get(to!) ?? to!,
    span: span!
  }))
  return { arrows, participants: new Set(called.values()) }
}

/** Keeps every span. */
export const recorder = () => {
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return { spans, tracer }
}

/** The spans that plugins talk by: to whom each goes, and what it is about. */
const steps: Readonly<Record<string, (of: (key: string) => string) => readonly [to: string, about: string]>> = {
  "CommandBus.send": (of) => [of("command").split(".")[0]!, of("command")],
  "CommandBus.dispatch": (of) => [of("command").split(".")[0]!, of("command")],
  "ExtensionPoint.mapOutgoingEvent": (of) => [`${of("plugin")}'s mapping`, of("event")],
  "ExtensionPoint.publish": (of) => [of("log"), of("event")],
  "Extension.mapIncomingEvent": (of) => [`${of("plugin")}'s extension`, of("event")],
  "Extension.mapOutgoingEvent": (of) => [`${of("plugin")}'s extension`, of("event")],
  "Extension.publishCommand": (of) => [of("queue"), of("command")],
  "ExtensionPoint.mapIncomingCommand": (of) => [`${of("plugin")}'s mapping`, of("command")],
  "Directive.handle": (of) => ["the outside", of("directive")]
}

const isMap = (name: string) => name.includes(".map")

/**
 * The arrows of a trace. Who does a step is told by the tree: what a mapping or an extension came
 * to hangs beside its own span, below the same parent, and everything else below the step that caused it. What is done for
 * older versions of the contract is left out.
 */
export const arrowsOf = (spans: ReadonlyArray<Tracer.Span>, current: string): ReadonlyArray<Arrow> => {
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const parentOf = (span: Tracer.Span) => byId.get(Option.getOrUndefined(span.parent)?.spanId ?? "")
  const of = (span: Tracer.Span) => (key: string) => String(span.attributes.get(key))
  /** The nearest step above a span. */
  const causeOf = (span: Tracer.Span): Tracer.Span | undefined => {
    const parent = parentOf(span)
    return parent === undefined || steps[parent.name] !== undefined ? parent : causeOf(parent)
  }
  const rootOf = (span: Tracer.Span): Tracer.Span => {
    const parent = parentOf(span)
    return parent === undefined ? span : rootOf(parent)
  }
  const start = spans.find(({ name }) => name === "CommandBus.send")
  const isCurrent = (span: Tracer.Span) => [undefined, current].includes(span.attributes.get("version") as string)
  const talk = spans.filter((span) =>
    steps[span.name] !== undefined && start !== undefined && rootOf(span) === rootOf(start) && isCurrent(span)
  )
  const arrows: Array<Arrow> = []
  /** What is side by side comes one after the other: each step with all that it caused. */
  const follow = (cause: Tracer.Span | undefined) => {
    let mapped: Tracer.Span | undefined
    for (const span of talk.filter((one) => causeOf(one) === cause)) {
      if (isMap(span.name)) mapped = span
      const doer = isMap(span.name) ? cause : mapped ?? cause
      const [to, about] = steps[span.name]!(of(span))
      const from = doer === undefined ? "the caller" : steps[doer.name]!(of(doer))[0]
      arrows.push({ from, to, span: `${span.name} ${about}` })
      follow(span)
    }
  }
  follow(undefined)
  return arrows
}
