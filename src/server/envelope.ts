/** One line as a JSON-RPC message, or what is wrong with it and whose request it was. */

import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";

export type RequestId = string | number;

export type Envelope =
  | { readonly message: JSONRPCMessage }
  | { readonly problem: string; readonly code: number; readonly id?: RequestId };

/** The line is not JSON: whose request it was is not known for sure. */
export const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const INVALID_PARAMS = -32602;
/** Of the name of a method or tool, in what is said about it. */
export const NAME_LENGTH = 80;

export function readEnvelope(text: string): Envelope {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { code: PARSE_ERROR, problem: `The line is not JSON: ${(error as Error).message}` };
  }
  if (!isObject(value)) {
    return { code: INVALID_REQUEST, problem: "The line is not a JSON-RPC message: it is not one object." };
  }
  const id = isRequestId(value["id"]) ? value["id"] : undefined;
  const invalid = (problem: string, code = INVALID_REQUEST): Envelope => ({ code, problem, id });
  if (value["jsonrpc"] !== "2.0") return invalid('The message is not JSON-RPC 2.0: "jsonrpc" is not "2.0".');
  if (Object.hasOwn(value, "id") && id === undefined && !Object.hasOwn(value, "error")) {
    return invalid("The message has an id that is neither text nor a whole number.");
  }
  return Object.hasOwn(value, "method") ? call(value, id, invalid) : response(value, id, invalid);
}

type Invalid = (problem: string, code?: number) => Envelope;

function call(value: Record<string, unknown>, id: RequestId | undefined, invalid: Invalid): Envelope {
  const { method, params } = value;
  if (typeof method !== "string") return invalid("The message's method is not text.");
  if (params !== undefined && !isObject(params)) {
    return invalid(`The params of ${method.slice(0, NAME_LENGTH)} are not an object.`, INVALID_PARAMS);
  }
  const meta = params?.["_meta"];
  const token = isObject(meta) ? meta["progressToken"] : undefined;
  if ((meta !== undefined && !isObject(meta)) || (token !== undefined && !isRequestId(token))) {
    const name = method.slice(0, NAME_LENGTH);
    return invalid(`The params of ${name} hold a _meta of the wrong form.`, INVALID_PARAMS);
  }
  const message = { jsonrpc: "2.0", ...(id !== undefined && { id }), method, ...(params && { params }) };
  return { message: message as JSONRPCMessage };
}

function response(value: Record<string, unknown>, id: RequestId | undefined, invalid: Invalid): Envelope {
  const member = Object.hasOwn(value, "result") ? "result" : "error";
  const content = value[member];
  if (!isObject(content)) return invalid("The message is neither a request, a notification nor a response.");
  return { message: { jsonrpc: "2.0", id, [member]: content } as JSONRPCMessage };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRequestId(value: unknown): value is RequestId {
  return typeof value === "string" || Number.isSafeInteger(value);
}
