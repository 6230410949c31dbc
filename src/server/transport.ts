/**
 * JSON-RPC over stdio, one message a line: the SDK's transport, except for what it does with bad input
 * (a line over 10 MB ends its connection, and a malformed request is never answered).
 *
 * T1. No line ends the connection. A bad one is answered if its request id can be made out, and reported.
 * T2. What reaches the protocol is well-formed: unknown members of the envelope are left out.
 * T3. A line beyond the limit is not kept in memory; its two ends are, for the request id.
 */

import type { Readable } from "node:stream";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { PARSE_ERROR, type RequestId, readEnvelope } from "./envelope.ts";
import type { Outlet } from "./stdout.ts";

/** Bytes of a line that are parsed; far above what a reply may have, so that such a reply is told so by its tool. */
const MAX_LINE = 32 * 1024 * 1024;
/** Bytes kept of each end of a line that is too long. */
const END_LENGTH = 1024;
const NEWLINE = 10;

const INVALID_REQUEST = -32600;

export class StdioTransport implements Transport {
  onmessage?: Transport["onmessage"];
  onerror?: (error: Error) => void;
  onclose?: () => void;

  readonly #input: Readable;
  readonly #outlet: Outlet;
  readonly #maxLine: number;
  #parts: Buffer[] = [];
  #length = 0;
  /** Of a line beyond the limit. */
  #head: Buffer | undefined;
  #tail = Buffer.alloc(0);

  constructor(input: Readable, outlet: Outlet, maxLine = MAX_LINE) {
    this.#input = input;
    this.#outlet = outlet;
    this.#maxLine = maxLine;
  }

  async start(): Promise<void> {
    this.#input.on("data", this.#receive);
    this.#input.on("error", (error) => this.onerror?.(error));
  }

  send(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve) => {
      if (this.#outlet.write(`${JSON.stringify(message)}\n`)) resolve();
      else this.#outlet.onDrain(resolve);
    });
  }

  async close(): Promise<void> {
    this.#input.off("data", this.#receive);
    this.#input.pause();
    this.#startLine();
    this.onclose?.();
  }

  readonly #receive = (chunk: Buffer): void => {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      this.#take(chunk.subarray(from, end));
      this.#endLine();
      from = end + 1;
    }
    this.#take(chunk.subarray(from));
  };

  #take(part: Buffer): void {
    if (part.length === 0) return;
    this.#length += part.length;
    if (this.#length <= this.#maxLine) {
      this.#parts.push(part);
      return;
    }
    if (this.#head === undefined) {
      const kept = Buffer.concat([...this.#parts, part]);
      this.#parts = [];
      this.#head = Buffer.from(kept.subarray(0, END_LENGTH));
      this.#tail = Buffer.from(kept.subarray(-END_LENGTH));
    } else {
      this.#tail = Buffer.concat([this.#tail, part.subarray(-END_LENGTH)]).subarray(-END_LENGTH);
    }
  }

  #endLine(): void {
    const length = this.#length;
    const head = this.#head;
    const tail = this.#tail;
    const text = head === undefined ? Buffer.concat(this.#parts).toString("utf8") : "";
    this.#startLine();
    if (head !== undefined) {
      const id = idAtTheEnds(head.toString("utf8"), tail.toString("utf8"));
      const message = `The message has ${length} bytes; at most ${this.#maxLine} are read. Write large content to a file and pass its path.`;
      this.#refuse(id, INVALID_REQUEST, message);
      return;
    }
    if (text.trim() === "") return;
    const envelope = readEnvelope(text);
    if ("problem" in envelope) {
      const isJson = envelope.code !== PARSE_ERROR;
      const id = isJson ? envelope.id : idAtTheEnds(text.slice(0, END_LENGTH), text.slice(-END_LENGTH));
      this.#refuse(id, envelope.code, envelope.problem);
      return;
    }
    this.#deliver(envelope.message);
  }

  #startLine(): void {
    this.#parts = [];
    this.#length = 0;
    this.#head = undefined;
    this.#tail = Buffer.alloc(0);
  }

  #deliver(message: JSONRPCMessage): void {
    try {
      this.onmessage?.(message);
    } catch (error) {
      this.onerror?.(error as Error);
    }
  }

  #refuse(id: RequestId | undefined, code: number, message: string): void {
    this.onerror?.(new Error(message));
    if (id !== undefined) void this.send({ jsonrpc: "2.0", id, error: { code, message } });
  }
}

// Whole: the beginning of a longer number is the id of another request.
const ID = /"id"\s*:\s*(-?\d{1,15}|"(?:[^"\\]|\\.){0,200}")(?=\s*[,}])/.source;
const VERSION = /"jsonrpc"\s*:\s*"2\.0"/.source;
// Clients write the id in the first members or in the last ones, around `params`.
const AT_THE_HEAD = new RegExp(
  String.raw`^\s*\{\s*(?:${VERSION}\s*,\s*|"method"\s*:\s*"[^"]{0,200}"\s*,\s*)*${ID}`,
);
const AT_THE_TAIL = new RegExp(
  String.raw`${ID}\s*(?:,\s*${VERSION}\s*|,\s*"method"\s*:\s*"[^"]{0,200}"\s*)*\}\s*$`,
);

/** The request id of a line that cannot be parsed, as far as it stands at one of its ends. */
function idAtTheEnds(head: string, tail: string): RequestId | undefined {
  const found = AT_THE_HEAD.exec(head) ?? AT_THE_TAIL.exec(tail);
  if (found === null) return undefined;
  try {
    return JSON.parse(found[1]!) as RequestId;
  } catch {
    // A text with an escape that is none.
    return undefined;
  }
}
