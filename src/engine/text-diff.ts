/** Two texts line by line: what went, what came, and a little of what stayed. */

const MAX_LINES = 400;
const MAX_SHOWN = 24;
const MAX_WIDTH = 120;
const CONTEXT = 1;

interface Line {
  readonly mark: "-" | "+" | " ";
  readonly text: string;
}

/** @returns lines that begin with `- `, `+ ` or two spaces; `undefined` if there is no difference */
export function diffOfLines(before: readonly string[], after: readonly string[]): string | undefined {
  const lines = align(before.slice(0, MAX_LINES), after.slice(0, MAX_LINES));
  const isNear = (at: number) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ mark }) => mark !== " ");
  // A bracket that stayed tells nothing of where the change is.
  const kept = lines.filter(({ mark, text }, at) => isNear(at) && (mark !== " " || /\w/.test(text)));
  if (kept.length === 0) return undefined;
  const shown = kept.slice(0, MAX_SHOWN).map(({ mark, text }) => `${mark} ${cut(text)}`);
  const more = kept.length - MAX_SHOWN;
  return [...shown, ...(more > 0 ? [`… and ${more} more lines`] : [])].join("\n");
}

/** The longest common subsequence stays; what went stands before what came. */
function align(before: readonly string[], after: readonly string[]): Line[] {
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) {
      lines.push({ mark: " ", text: before[i++]! });
      j++;
    } else if (
      i < before.length &&
      (j === after.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
    ) {
      lines.push({ mark: "-", text: before[i++]! });
    } else {
      lines.push({ mark: "+", text: after[j++]! });
    }
  }
  return lines;
}

function cut(text: string): string {
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH)}…` : text;
}
