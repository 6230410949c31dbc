/** A server and the SDK's own client in one process. */

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
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
  protocolVersion?: string,
): Promise<Connected> {
  const reports: string[] = [];
  const openSequencer = typeof sequencer === "function" ? sequencer : async () => sequencer;
  const server = createMcpServer({ version: "1.2.3", openSequencer, report: (line) => reports.push(line) });
  const [clientEnd, serverEnd] = InMemoryTransport.createLinkedPair();
  await server.connect(serverEnd);
  const client = new Client({ name: clientName, version: "1.0.0" });
  if (protocolVersion !== undefined) asIfOf(protocolVersion, clientEnd);
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

/** A client that asks for another version of the protocol. */
function asIfOf(protocolVersion: string, transport: Transport): void {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    const isHandshake = "method" in message && message.method === "initialize";
    const asked = isHandshake ? { ...message, params: { ...message.params, protocolVersion } } : message;
    return send(asked, options);
  };
}

/** What a client's model sees of a result. */
export function payloadOf(result: unknown): any {
  const { content, structuredContent, isError } = result as {
    content: [{ type: string; text: string }, ...{ type: string }[]];
    structuredContent?: object;
    isError?: boolean;
  };
  const [first, ...links] = content;
  if (first.type !== "text" || links.some(({ type }) => type !== "resource_link")) {
    throw new Error("a result is one text, and links");
  }
  const payload = JSON.parse(first.text);
  if (isError === true) {
    if (structuredContent !== undefined || links.length > 0) throw new Error("an error is text only");
    if (payload.ok !== false) throw new Error("an error answer says ok: false");
    return payload;
  }
  if (JSON.stringify(structuredContent) !== first.text) {
    throw new Error("structuredContent and the text differ");
  }
  return payload;
}
