/** A lint rule that no tool has a setting for: library code leaves control flow to Effect. */
interface Context {
  readonly report: (problem: { readonly node: unknown; readonly message: string }) => void
}

const effectControlFlow = {
  create: ({ report }: Context) => ({
    TryStatement: (node: unknown) =>
      report({ node, message: "No try/catch in library code: use Effect.try, Effect.tryPromise or a Result." }),
    AwaitExpression: (node: unknown) =>
      report({ node, message: "No await in library code: use Effect.tryPromise, Effect.promise or yield*." }),
    ForOfStatement: (node: { readonly await: boolean }) => {
      if (node.await) {
        report({ node, message: "No for await in library code: use Stream.fromAsyncIterable." })
      }
    }
  })
}

export default {
  meta: { name: "reventless" },
  rules: { "effect-control-flow": effectControlFlow }
}
