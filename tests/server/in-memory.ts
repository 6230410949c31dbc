/** A server and the SDK's own client in one process. */

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { onTestFinished } from "vitest";
import type { Sequencer } from "../../src/instances/answer.ts";
import { createMcpServer } from "../../src/server/mcp.ts";

export interface Connected {
  readonly client: Client;
  /** What the server wrote to stderr. */
  readonly reports: string[];
  /** The payload, or the error answer, after checking that both forms of the payload are the same. */
  call(tool: string, args?: unknown): Promise<any>;
}

export async function connect(
  sequencer: Sequencer | (() => Promise<Sequencer>),
  clientName = "test-client",
): Promise<Connected> {
  const reports: string[] = [];
  const openSequencer = typeof sequencer === "function" ? sequencer : async () => sequencer;
  const server = createMcpServer({ version: "1.2.3", openSequencer, report: (line) => reports.push(line) });
  const [clientEnd, serverEnd] = InMemoryTransport.createLinkedPair();
  await server.connect(serverEnd);
  const client = new Client({ name: clientName, version: "1.0.0" });
  await client.connect(clientEnd);
  onTestFinished(() => client.close());
  return {
    client,
    reports,
    async call(name, args = {}) {
      const result = await client.callTool({ name, arguments: args as Record<string, unknown> });
      return payloadOf(result);
    },
  };
}

/** What a client's model sees of a result. */
export function payloadOf(result: unknown): any {
  const { content, structuredContent, isError } = result as {
    content: { type: string; text: string }[];
    structuredContent?: object;
    isError?: boolean;
  };
  if (content.length !== 1 || content[0]!.type !== "text") throw new Error("a result is one text");
  const payload = JSON.parse(content[0]!.text);
  if (isError === true) {
    if (structuredContent !== undefined) throw new Error("an error is text only");
    if (payload.ok !== false) throw new Error("an error answer says ok: false");
    return payload;
  }
  if (JSON.stringify(structuredContent) !== content[0]!.text) {
    throw new Error("structuredContent and the text differ");
  }
  return payload;
}
