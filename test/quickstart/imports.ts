import * as core from "@reventless/core"
import * as http from "@reventless/http"
import * as sqlite from "@reventless/sqlite"
import * as testing from "@reventless/testing"

for (const [name, module] of Object.entries({ core, http, sqlite, testing })) {
  if (typeof module !== "object") {
    throw new TypeError(`${name} is not a module`)
  }
}
