/** Asks a person through the client's own form: MCP elicitation. */

import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { ElicitRequestFormParams } from "@modelcontextprotocol/sdk/types.js";
import type { Asker } from "../instances/answer.ts";
import type { Json } from "../program/schema.ts";

/** A person may be away from the desk for a while; then the agent asks. */
const STANDS_FOR_MS = 30 * 60_000;

export function askerOf(server: Server): Asker {
  return async ({ text, schema, timeoutMs = STANDS_FOR_MS, signal }) => {
    const requestedSchema = schema as ElicitRequestFormParams["requestedSchema"];
    const { action, content } = await server.elicitInput(
      { message: text, requestedSchema },
      { timeout: Math.max(1, Math.min(timeoutMs, STANDS_FOR_MS)), signal },
    );
    return action === "accept" ? { action, content: (content ?? {}) as Json } : { action };
  };
}
