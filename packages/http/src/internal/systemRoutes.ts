import type { Platform } from "@reventless/core/Platform"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { fileURLToPath } from "node:url"
import * as Health from "../Health.ts"
import type { Resolver } from "../PrincipalResolver.ts"
import type { Api } from "./api.ts"
import { callerOf } from "./caller.ts"
import * as OpenApiDocument from "./openApi.ts"
import * as Refusal from "./refusal.ts"
import { respond } from "./respond.ts"
import * as Security from "./security.ts"

/** Nothing but what this server itself serves is loaded, run or asked. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

/** The files of the docs page, beside `src` and `dist`. */
const folder = new URL("../../docs-page/", import.meta.url)

const pages = {
  "/docs": { file: "index.html", contentType: "text/html; charset=utf-8" },
  "/docs/access.js": { file: "access.js", contentType: "text/javascript; charset=utf-8" },
  "/docs/app.js": { file: "app.js", contentType: "text/javascript; charset=utf-8" },
  "/docs/dom.js": { file: "dom.js", contentType: "text/javascript; charset=utf-8" },
  "/docs/form.js": { file: "form.js", contentType: "text/javascript; charset=utf-8" },
  "/docs/result.js": { file: "result.js", contentType: "text/javascript; charset=utf-8" },
  "/docs/style.css": { file: "style.css", contentType: "text/css; charset=utf-8" }
} as const

const page = ({ contentType, file }: { readonly file: string; readonly contentType: string }) =>
  respond(Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const content = yield* Effect.mapError(fs.readFile(fileURLToPath(new URL(file, folder))), (cause) =>
      Refusal.make({
        status: 404,
        code: "NotFound",
        detail: "The files of the docs page are not beside the program; /openapi.json says the same.",
        cause
      }))
    return HttpServerResponse.uint8Array(content, {
      contentType,
      headers: {
        "content-security-policy": contentSecurityPolicy,
        "cache-control": "no-cache",
        "referrer-policy": "no-referrer"
      }
    })
  }))

const health = (platform: Platform["Service"]) =>
  Effect.map(
    Health.check(platform),
    (found) => HttpServerResponse.jsonUnsafe(found, { status: Health.statusCode(found) })
  )

/** The document is made when it is first asked for; what its caller may do is told each time. */
const openApi = (api: Api, resolver: Resolver) =>
  HttpRouter.use(Effect.fnUntraced(function*(router) {
    const document = yield* Effect.cached(Effect.sync(() => OpenApiDocument.document(api, resolver)))
    const answer = Effect.gen(function*() {
      const caller = yield* callerOf(yield* HttpServerRequest)
      return HttpServerResponse.jsonUnsafe(Security.forCaller(yield* document, caller))
    })
    yield* router.add("GET", "/openapi.json", respond(answer))
  }))

/** The paths that don't belong to a plugin. */
export const paths = ["/", "/health", "/openapi.json", ...Object.keys(pages)] as const

/** What is served beside commands and views: health, the OpenAPI document and the docs page. */
export const layer = (platform: Platform["Service"], api: Api, resolver: Resolver) =>
  Layer.mergeAll(
    HttpRouter.add("GET", "/", HttpServerResponse.redirect("/docs", { status: 302 })),
    HttpRouter.add("GET", "/health", health(platform)),
    openApi(api, resolver),
    ...Object.entries(pages).map(([path, file]) => HttpRouter.add("GET", path as `/${string}`, page(file)))
  )
