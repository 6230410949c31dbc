/**
 * The floor: the least that a server can do which speaks MCP and writes before it answers. Ten tools of the
 * same SDK, low-level, bundled like ours; two of them do something.
 *
 *   write   one write and one fdatasync of `bytes` bytes, then the answer that the benchmark asked for
 *   replay  reads a log, parses each line and runs the bare generator over the replies in it
 */

import { fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { loop } from "./loop.mjs";

const { FLOOR_FILE, FLOOR_BYTES, FLOOR_ANSWER } = process.env;
const file = FLOOR_FILE && openSync(FLOOR_FILE, "a");
const line = FLOOR_BYTES && `${"x".repeat(Number(FLOOR_BYTES) - 1)}\n`;
const answer = FLOOR_ANSWER && JSON.parse(FLOOR_ANSWER);

async function call({ name, arguments: { for_step_no, log, params } }) {
  if (name === "write") {
    writeSync(file, line);
    fdatasyncSync(file);
    return { ...answer, step_no: for_step_no + 1 };
  }
  if (name === "replay") return { step_no: await replay(log, params) };
  throw new Error(`there is no tool ${name}`);
}

async function replay(log, params) {
  const generator = loop(params);
  let step = 0;
  await generator.next();
  for (const text of readFileSync(log, "utf8").split("\n")) {
    if (text === "") continue;
    const event = JSON.parse(text);
    if (event.type === "step_issued") step = event.step_no;
    if (event.type === "reply_accepted") await generator.next(event.value ?? event.reply);
  }
  return step;
}

const tools = ["write", "replay", "three", "four", "five", "six", "seven", "eight", "nine", "ten"].map(
  (name) => ({
    name,
    description: `Tool ${name} of the floor.`,
    inputSchema: { type: "object", properties: { for_step_no: { type: "integer" } } },
  }),
);
const server = new Server({ name: "floor", version: "1.0.0" }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools }));
server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
  const structuredContent = await call(params);
  return { structuredContent, content: [{ type: "text", text: JSON.stringify(structuredContent) }] };
});
await server.connect(new StdioServerTransport());
