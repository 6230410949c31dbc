/**
 * The terminal that a command talks to.
 *
 * N1. What a command answers goes to `output`; what it tells on the way goes to `errors`. So an answer can
 *     be piped on.
 * N2. Text from programs, agents and logs is printed without control characters: it cannot move the cursor.
 *     `print` lets nothing through but our own colours, whoever forgot to take them out before.
 */

import type { Readable, Writable } from "node:stream";
import picocolors from "picocolors";
import { OBEYED, printable } from "../instances/timeline/text.ts";

export { jsonText, oneLine, printable } from "../instances/timeline/text.ts";

export type Colors = ReturnType<typeof picocolors.createColors>;

export interface Stream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Stream;
  readonly errors: Stream;
  readonly env: { readonly [name: string]: string | undefined };
  /** How this command was called, to name it in advice: `agent-sequencer`, `node dist/cli.js`. */
  readonly invokedAs: string;
  /** Calls back when the user wants to stop; gives back how to unsubscribe. */
  onInterrupt(listener: () => void): () => void;
}

export function colorsFor(stream: Stream, { env }: Terminal): Colors {
  return picocolors.createColors(stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb");
}

/** The colours that `Colors` writes, kept as they are; or what a terminal would obey. */
const COLOUR_OR_OBEYED = new RegExp(String.raw`(\u001b\[(?:1|2|22|3[1-6]|39)m)|${OBEYED}`, "g");

export function print(stream: Writable, ...lines: string[]): void {
  stream.write(`${lines.join("\n").replace(COLOUR_OR_OBEYED, "$1")}\n`);
}

/** Columns to write in; what is piped on is not cut at 80. */
export function widthOf(stream: Stream): number {
  return stream.isTTY === true ? (stream.columns ?? 80) : 200;
}

/** Every line after the first begins with `indent`. */
export function hang(text: string, indent: string): string {
  return printable(text).replaceAll("\n", `\n${indent}`);
}
