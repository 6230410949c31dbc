/** Text and times as people read them: one line, no control characters, this machine's time zone. */

/**
 * What a terminal would obey instead of showing it, as a part of a regular expression: control characters but
 * for line breaks and tabs, and those that turn the direction of writing, which hide what a line says.
 */
export const OBEYED = String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]`;

const ALL_OBEYED = new RegExp(OBEYED, "g");

/** Without what a terminal would obey; lines and tabs stay. */
export function printable(text: string): string {
  return text.replace(ALL_OBEYED, "");
}

/** What ends a line for some readers and not for JSON, besides. */
const ALL_ESCAPED = new RegExp(String.raw`[\u2028\u2029]|${OBEYED}`, "g");

/** JSON that can be shown: the same value, with what a terminal would obey, or take for a line's end, as escapes. */
export function jsonText(value: unknown, indent?: number): string {
  const escaped = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, indent).replace(ALL_ESCAPED, escaped);
}

/** In one line of at most `width` characters. */
export function oneLine(text: string, width: number): string {
  const line = printable(text.slice(0, 4 * width))
    .replace(/\s+/g, " ")
    .trim();
  const cut = line.length > width || text.length > 4 * width;
  return cut ? `${line.slice(0, Math.max(1, width - 1))}…` : line;
}

/** @example lasting(7_130) // "7.1 s" */
export function lasting(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`;
}

/** @example dayOf("2025-03-01T10:00:00.000Z") // "2025-03-01" */
export function dayOf(at: string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** @example clockOf("2025-03-01T10:00:00.004Z") // "10:00:00.004" */
export function clockOf(at: string): string {
  const date = new Date(at);
  const ms = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/** @example momentOf("2025-03-01T10:00:00.004Z") // "2025-03-01 10:00:00" */
export function momentOf(at: string): string {
  return `${dayOf(at)} ${clockOf(at).slice(0, 8)}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
