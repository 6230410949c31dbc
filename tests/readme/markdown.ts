/** What stands in a Markdown file, as far as it can be right or wrong. */

export interface Block {
  /** First word of the line that opens it: `sh`, `text`, `json`. */
  readonly language: string;
  /** The rest of that line. Ours says where a block of commands can run. */
  readonly note: string;
  readonly text: string;
  readonly line: number;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

export interface Markdown {
  readonly blocks: readonly Block[];
  /** Code within sentences and tables. */
  readonly spans: readonly string[];
  readonly links: readonly Link[];
  /** As they are linked to: `#when-something-breaks`. */
  readonly anchors: ReadonlySet<string>;
}

export function readMarkdown(text: string): Markdown {
  const blocks: Block[] = [];
  const spans: string[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  let open: { head: string; line: number; lines: string[] } | undefined;
  for (const [i, line] of text.split("\n").entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (open !== undefined) {
      if (fence === null) open.lines.push(line);
      else {
        const [language = "", ...note] = open.head.split(" ");
        blocks.push({ language, note: note.join(" "), text: `${open.lines.join("\n")}\n`, line: open.line });
        open = undefined;
      }
    } else if (fence !== null) {
      open = { head: fence[1]!, line: i + 1, lines: [] };
    } else {
      spans.push(...[...line.matchAll(/`([^`]+)`/g)].map(([, code]) => code!));
      const prose = line.replace(/`[^`]*`/g, (code) => "x".repeat(code.length));
      for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g))
        links.push({ target: target!, line: i + 1 });
      const heading = /^#{1,6} (.+)$/.exec(line);
      if (heading !== null) anchors.add(anchorOf(heading[1]!));
    }
  }
  if (open !== undefined) throw new Error(`the block of line ${open.line} is not closed`);
  return { blocks, spans, links, anchors };
}

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  const kept = heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "");
  return `#${kept.trim().replaceAll(" ", "-")}`;
}
