/**
 * A model that does what a test says: the Messages API with streaming, on 127.0.0.1.
 *
 * @example
 *   const model = await startModel(async function* () {
 *     const { results } = yield [use("Read", { file_path: "/etc/hosts" })];
 *     yield [say(results[0].text)];
 *   });
 */

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Block =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: object };

export interface Result {
  readonly text: string;
  readonly isError: boolean;
}

/** One request of the client, as the script sees it. */
export interface Turn {
  /** Of the tools that were just used, in order. */
  readonly results: readonly Result[];
  /** All that the client said since the last answer, as text. */
  readonly said: string;
  readonly tools: readonly string[];
  /** The whole request, as text. */
  readonly whole: string;
}

export type Script = () => AsyncGenerator<readonly Block[], void, Turn>;

export interface Model {
  readonly url: string;
  /** Requests for anything but the Messages API. */
  readonly strays: readonly string[];
  /** What the script failed with, if it did. */
  readonly failure: unknown;
  readonly turns: readonly Turn[];
  close(): Promise<void>;
}

export const say = (text: string): Block => ({ type: "text", text });

export const use = (name: string, input: object): Block => ({
  type: "tool_use",
  id: `toolu_${randomUUID().replaceAll("-", "")}`,
  name,
  input,
});

export async function startModel(script: Script): Promise<Model> {
  const strays: string[] = [];
  const turns: Turn[] = [];
  let failure: unknown;
  const agent = script();
  let begun = false;

  async function answer(request: any): Promise<readonly Block[]> {
    // Titles and summaries, which the client asks for on the side.
    if (!request.tools?.length) return [say("A title")];
    const turn = toTurn(request);
    turns.push(turn);
    try {
      if (!begun) {
        begun = true;
        await agent.next();
      }
      const { value, done } = await agent.next(turn);
      return done ? [say("Nothing more to do.")] : value;
    } catch (error) {
      failure ??= error;
      return [say("The script failed.")];
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const path = new URL(request.url ?? "/", "http://model").pathname;
    if (request.method === "POST" && path === "/v1/messages/count_tokens") {
      sendJson(response, 200, { input_tokens: 100 });
    } else if (request.method === "POST" && path === "/v1/messages") {
      const asked = JSON.parse(body);
      const blocks = await answer(asked);
      if (asked.stream) stream(response, asked.model, blocks);
      else
        sendJson(response, 200, {
          ...message(asked.model),
          content: blocks,
          stop_reason: stopReason(blocks),
        });
    } else {
      strays.push(`${request.method} ${path}`);
      sendJson(response, 404, { type: "error", error: { type: "not_found_error", message: path } });
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      failure ??= error;
      response.destroy();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    strays,
    turns,
    get failure() {
      return failure;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function toTurn(request: any): Turn {
  const messages = request.messages as any[];
  const answered = messages.findLastIndex(({ role }) => role === "assistant");
  const news = messages.slice(answered + 1).flatMap(({ content }) => blocksOf(content));
  return {
    results: news
      .filter(({ type }) => type === "tool_result")
      .map(({ content, is_error }) => ({ text: plain(content), isError: is_error === true })),
    said: news
      .map((block) => (block.type === "tool_result" ? plain(block.content) : (block.text ?? "")))
      .join("\n"),
    tools: request.tools.map(({ name }: { name: string }) => name),
    whole: JSON.stringify(request),
  };
}

const blocksOf = (content: any): any[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : content;

const plain = (content: any): string =>
  blocksOf(content ?? "")
    .map(({ text = "" }) => text)
    .join("\n");

function message(model: string) {
  return {
    id: `msg_${randomUUID()}`,
    type: "message",
    role: "assistant",
    model,
    content: [] as readonly Block[],
    stop_reason: null as string | null,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 1 },
  };
}

const stopReason = (blocks: readonly Block[]) =>
  blocks.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn";

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function stream(response: ServerResponse, model: string, blocks: readonly Block[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (type: string, data: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  send("message_start", { message: message(model) });
  for (const [index, block] of blocks.entries()) {
    const [start, delta] =
      block.type === "text"
        ? [
            { type: "text", text: "" },
            { type: "text_delta", text: block.text },
          ]
        : [
            { ...block, input: {} },
            { type: "input_json_delta", partial_json: JSON.stringify(block.input) },
          ];
    send("content_block_start", { index, content_block: start });
    send("content_block_delta", { index, delta });
    send("content_block_stop", { index });
  }
  const delta = { stop_reason: stopReason(blocks), stop_sequence: null };
  send("message_delta", { delta, usage: { output_tokens: 5 } });
  send("message_stop", {});
  response.end();
}
