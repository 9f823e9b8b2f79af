/** Whether a file or folder with this name is somebody's work that isn't finished, or is hidden. */
export const isIgnored = (name: string): boolean => name.startsWith(".") || /(?:\.tmp|\.part|~)$/i.test(name)

/** How long a key may be, in bytes of UTF-8; S3 takes no more. */
const longestKey = 1024

/** Why a text can't be the key of an object, if it can't. */
export const faultOfKey = (key: string): string | undefined => {
  if (key === "") return "it is empty"
  if (new TextEncoder().encode(key).length > longestKey) return `it is longer than ${longestKey} bytes`
  if (key.startsWith("/")) return "it begins with '/'; keys are relative"
  // oxlint-disable-next-line no-control-regex -- they are what it looks for
  if (/[\\\u0000-\u001f\u007f]/.test(key)) return "it has a backslash or a control character; the separator is '/'"
  const names = key.split("/")
  if (names.includes("")) return "it has an empty name between or after '/'"
  if (names.includes(".") || names.includes("..")) return "it has '.' or '..' as a name"
  const ignored = names.find(isIgnored)
  return ignored === undefined
    ? undefined
    : `'${ignored}' is a name of something unfinished or hidden ('.…', '….tmp', '….part', '…~')`
}
