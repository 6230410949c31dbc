/** Replies that were written beforehand: a file, text on the command line, or lines on stdin as they come. */

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Json } from "../program/schema.ts";
import { parseReply, type Replier, type Reply, toReply } from "./reply.ts";
import { UsageError } from "./usage-error.ts";

/**
 * @param source a file's path, or the replies themselves, beginning with `[` or `{`
 * @throws UsageError naming the line that is not JSON; nothing has been started then
 */
export function readReplies(source: string): Reply[] {
  const inline = /^\s*[[{]/.test(source);
  const text = (inline ? source : readText(source)).replace(/^\uFEFF/, "");
  return parseReplies(text, inline ? "--replies" : source).map(toReply);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`The replies cannot be read: ${(error as Error).message}`);
  }
}

/** A JSON array, or one JSON value a line. */
function parseReplies(text: string, name: string): Json[] {
  const whole = parse(text);
  if ("json" in whole) return Array.isArray(whole.json) ? whole.json : [whole.json];
  const replies: Json[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = parse(line);
    if ("problem" in parsed) {
      throw new UsageError(
        `${name} is neither a JSON array (${whole.problem}) nor one JSON value a line (line ${i + 1}: ${parsed.problem})`,
      );
    }
    replies.push(parsed.json);
  }
  return replies;
}

function parse(text: string): { json: Json } | { problem: string } {
  try {
    return { json: JSON.parse(text) as Json };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** Gives one reply a step, in order; a step asked again takes the next one. */
export function fromList(replies: readonly Reply[]): Replier {
  const left = replies.values();
  return { isPerson: false, reply: async () => left.next().value, close() {} };
}

/** @param complain is told of a line that cannot be a reply; the next one is taken */
export function fromLines(input: Readable, complain: (problem: string) => void): Replier {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const iterator = lines[Symbol.asyncIterator]();
  return {
    isPerson: false,
    async reply(instruction) {
      for (;;) {
        const { value: line, done } = await iterator.next();
        if (done) return undefined;
        if (line.trim() === "") continue;
        const reply = parseReply(line, instruction);
        if (!("problem" in reply)) return reply;
        complain(reply.problem);
      }
    },
    close: () => lines.close(),
  };
}
