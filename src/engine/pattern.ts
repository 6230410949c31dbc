/** Regular expressions in schemas. */

/** As JSON Schema asks, with flag `u`; and without it where an author's expression is only valid so, as `\@` is. */
export const regExp = Object.assign(
  (pattern: string, flags: string) => {
    try {
      return new RegExp(pattern, flags);
    } catch {
      return new RegExp(pattern);
    }
  },
  { code: "new RegExp" },
);

export function isPattern(text: string): boolean {
  try {
    regExp(text, "u");
    return true;
  } catch {
    return false;
  }
}
