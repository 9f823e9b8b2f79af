// Elements without markup in texts: whatever comes from the server is shown, never run.

/** Makes an element. Attributes that are functions listen; undefined ones are left out. */
export const h = (name, attributes, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === false) continue
    if (typeof value === "function") element.addEventListener(key, value)
    else element.setAttribute(key, value === true ? "" : String(value))
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null))
  return element
}

/** A text with `code` in backticks. */
export const prose = (text) =>
  text.split(/(`[^`]+`)/).map((part) =>
    part.startsWith("`") && part.length > 2 ? h("code", {}, part.slice(1, -1)) : part
  )

const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** JSON with colours. */
export const json = (value) => {
  const text = JSON.stringify(value, null, 2)
  const pre = h("pre", { class: "json" })
  let last = 0
  for (const match of text.matchAll(token)) {
    const [whole, string, colon] = match
    const kind = string === undefined ? "literal" : colon === undefined ? "string" : "key"
    pre.append(text.slice(last, match.index), h("span", { class: kind }, string ?? whole), colon ?? "")
    last = match.index + whole.length
  }
  pre.append(text.slice(last))
  return pre
}
