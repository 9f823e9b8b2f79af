// Who the page asks as, and what that caller may do.
import { h } from "./dom.js"

const byId = (id) => document.getElementById(id)
const stored = "authorization"

/** The header that says who asks. A token alone is sent as `Bearer`. */
export const authorization = () => {
  const given = byId("authorization").value.trim()
  return given === "" ? {} : { authorization: given.includes(" ") ? given : `Bearer ${given}` }
}

/** What a rule says, in a few words. */
const ruleText = (access) => {
  switch (access?._tag) {
    case "Anyone":
      return "anyone"
    case "Authenticated":
      return "identified callers"
    case "Groups":
      return access.groups.length === 0 ? "the application only" : `groups: ${access.groups.join(", ")}`
    case "Owner":
      return [`owner: ${access.field}`, ...access.groups ?? []].join(", or in ")
    default:
      return "nobody"
  }
}

/** Whether a rule lets no caller pass. */
const isClosed = (access) => access._tag === "Deny" || (access._tag === "Groups" && access.groups.length === 0)

/** Whether the caller may use an operation, in a few words. */
const verdict = ({ "x-access": access, "x-allowed": allowed }, caller) => {
  if (allowed === true) return { tone: "good", text: "you may" }
  if (allowed === "own") return { tone: "good", text: `your own only: ${access.field} = ${caller.id}` }
  if (allowed === "signed") return { tone: "warn", text: "needs a signature" }
  if (isClosed(access)) return { tone: "bad", text: "not from outside" }
  return { tone: "bad", text: caller.anonymous ? "needs a token" : "you may not" }
}

/** What a command has to say, so that it is the caller's own. */
export const ownFields = ({ "x-caller": caller }, { "x-access": access, "x-allowed": allowed }) =>
  allowed === "own" ? { [access.field]: caller.id } : {}

/** A badge with the rule of an operation, and one with what it means for the caller. */
export const badges = (operation, caller) => {
  const { text, tone } = verdict(operation, caller)
  return [
    h("span", { class: "badge", title: "who may do this" }, ruleText(operation["x-access"])),
    h("span", { class: `badge ${tone}`, title: "with the token above" }, text)
  ]
}

/** What the list of operations shows of it: only what the caller can't use is different. */
export const entry = (operation, caller) =>
  operation["x-allowed"] === false
    ? { class: "denied", title: verdict(operation, caller).text }
    : { class: undefined, title: undefined }

/** Shows who asks; or that the token isn't good, and why. */
export const showCaller = (caller, refusal) => {
  const badge = byId("caller")
  badge.className = `badge ${refusal === undefined ? caller.anonymous ? "" : "good" : "bad"}`
  badge.textContent = refusal ?? (caller.anonymous ? "anonymous" : [caller.id, ...caller.groups].join(" · "))
}

/** Shows where tokens are given, if they are. */
export const showIssuer = (operations) => {
  const found = operations.find(({ operation }) => operation["x-kind"] === "token")
  byId("get-token").toggleAttribute("hidden", found === undefined)
  if (found !== undefined) byId("get-token").setAttribute("href", `#${found.id}`)
}

/** Takes a token from now on. */
export const become = (token) => {
  byId("authorization").value = token
  sessionStorage.setItem(stored, token)
}

/** Takes the token of this tab, and tells when another one is given. */
export const remember = (changed) => {
  byId("authorization").value = sessionStorage.getItem(stored) ?? ""
  byId("authorization").addEventListener("change", ({ target }) => {
    sessionStorage.setItem(stored, target.value)
    changed()
  })
}
