/** Rules oxlint has no setting for. */
const message = "Library code has no try/catch: use Effect.try, Effect.tryPromise or a Result."

export default {
  meta: { name: "reventless" },
  rules: {
    "no-try": {
      create: (context: { report: (problem: { node: unknown; message: string }) => void }) => ({
        TryStatement: (node: unknown) => context.report({ node, message })
      })
    }
  }
}
