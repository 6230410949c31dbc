/** What a tool is: data for `tools/list` and one function from arguments to the payload that the agent reads. */

import type { Sequencer } from "../instances/answer.ts";
import type { JsonSchema } from "../program/schema.ts";

/** What a handler may know of the request besides its arguments. */
export interface ToolRequest {
  /** Characters of JSON that the client shows its model. */
  readonly limit: number;
  /** Tells the client, if it asked to be told, how long the call has been waiting. */
  readonly onWaiting?: (waited: number, of: number) => void;
}

export interface ToolAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

export interface ObjectSchema extends JsonSchema {
  readonly type: "object";
  readonly properties: { readonly [name: string]: JsonSchema };
  readonly required?: readonly string[];
}

export interface Tool<Arguments = never> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly inputSchema: ObjectSchema & { readonly additionalProperties: false };
  readonly outputSchema: ObjectSchema;
  readonly _meta?: { readonly [key: string]: unknown };
  /** @param args fit `inputSchema` */
  handle(args: Arguments, sequencer: Sequencer, request: ToolRequest): Promise<object>;
}

/** Clients that hide tools behind a search show this one from the start. */
export const ALWAYS_LOAD = { "anthropic/alwaysLoad": true };

export const INSTANCE_ID = { type: "string" } as const satisfies JsonSchema;

/** Of every answer about an instance. */
export const ANSWER = {
  type: "object",
  properties: { instance_id: { type: "string" }, state: { type: "string" } },
  required: ["instance_id", "state"],
} as const satisfies ObjectSchema;
