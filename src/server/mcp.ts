/**
 * The MCP server: the one place that touches the SDK's server.
 *
 * M1. The sequencer is made with the first call; a client that only probes starts nothing.
 * M2. A tool's failure is an answer, never an exception of the protocol; what nobody foresaw is an
 *     `InternalError`, goes to stderr, and the server goes on.
 * M3. Calls are handled as they come, without the SDK's parsing of what it passes through: arguments are
 *     judged by the tool's own schema, in words that an agent can act on.
 * M4. Prompts, resources and completion are loaded with the first request for one.
 */

import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  InitializeRequestSchema,
  type JSONRPCMessage,
  type RequestId,
} from "@modelcontextprotocol/sdk/types.js";
import { SequencerError, toErrorAnswer } from "../errors.ts";
import type { Sequencer } from "../instances/answer.ts";
import type { judgeArguments as JudgeArguments } from "./arguments.ts";
import { askerOf } from "./elicitation.ts";
import { NAME_LENGTH } from "./envelope.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { nearest } from "./nearest.ts";
import { asProtocolError, INVALID_PARAMS, METHOD_NOT_FOUND, protocolError } from "./protocol-error.ts";
import type { Method } from "./request.ts";
import { type Content, linksFor } from "./resource-link.ts";
import { limitOf } from "./size.ts";
import type { ToolRequest } from "./tool.ts";
import { TOOL_LIST, TOOLS } from "./tools.ts";

export interface McpServerOptions {
  readonly version: string;
  /** Makes the sequencer; called at most once. */
  readonly openSequencer: () => Promise<Sequencer>;
  /** Where to report what no client is told. */
  readonly report: (line: string) => void;
}

export interface McpServer {
  connect(transport: Transport): Promise<void>;
  /** Resolves when no call is being handled. */
  settled(): Promise<void>;
  /** Lets go of the sequencer, if there is one. */
  dispose(): Promise<void>;
}

interface CallResult {
  readonly content: Content[];
  readonly structuredContent?: object;
  readonly isError?: true;
}

/** The first version of the protocol whose results may hold links to resources. */
const LINKS_SINCE = "2025-06-18";

const METHODS: { readonly [method: string]: (() => Promise<Method>) | undefined } = {
  "prompts/list": async () => (await import("./prompts.ts")).listPrompts,
  "prompts/get": async () => (await import("./prompts.ts")).getPrompt,
  "resources/list": async () => (await import("./resources.ts")).listResources,
  "resources/templates/list": async () => (await import("./resources.ts")).listTemplates,
  "resources/read": async () => (await import("./resources.ts")).readResource,
  "completion/complete": async () => (await import("./completion.ts")).complete,
};

/** Of what the SDK has to say about a message: it may quote the whole of it. */
const REPORT_LENGTH = 500;

type SendProgress = (waited: number, of: number) => void;

export function createMcpServer({ version, openSequencer, report }: McpServerOptions): McpServer {
  let opened: Promise<{ sequencer: Sequencer; judgeArguments: typeof JudgeArguments }> | undefined;
  const running = new Set<Promise<unknown>>();
  let takesLinks = false;
  const open = () => {
    opened ??= Promise.all([openSequencer(), import("./arguments.ts")]).then(
      ([sequencer, { judgeArguments }]) => {
        if (server.getClientCapabilities()?.elicitation !== undefined) sequencer.askWith(askerOf(server));
        sequencer.onProgramsChanged(() => {
          server.sendPromptListChanged().catch((error) => report(`prompts changed: ${String(error)}`));
        });
        return { sequencer, judgeArguments };
      },
      (error) => {
        opened = undefined;
        throw error;
      },
    );
    return opened;
  };

  const server = new Server(
    { name: "agent-sequencer", version },
    {
      capabilities: { tools: {}, prompts: { listChanged: true }, resources: {}, completions: {} },
      instructions: INSTRUCTIONS,
      // Only answers to elicitations are judged with it, and those are judged by the engine anyway.
      jsonSchemaValidator: {
        getValidator: () => (data) => ({ valid: true, data: data as never, errorMessage: undefined }),
      },
    },
  );
  server.onerror = (error) => report(error.message.slice(0, REPORT_LENGTH));

  async function call(params: Record<string, unknown>, onWaiting: SendProgress | undefined) {
    const name = params["name"];
    const tool = TOOLS.find((candidate) => candidate.name === name);
    if (tool === undefined) throw protocolError(INVALID_PARAMS, unknownTool(name));
    const request: ToolRequest = { limit: limitOf(server.getClientVersion()?.name), onWaiting };
    try {
      const { sequencer, judgeArguments } = await open();
      const args = judgeArguments(tool, params["arguments"] ?? {});
      return toResult(await tool.handle(args as never, sequencer, request), takesLinks);
    } catch (error) {
      if (!(error instanceof SequencerError)) report(`${tool.name}: ${stackOf(error)}`);
      return toFailure(error);
    }
  }

  async function answer(name: string, params: Record<string, unknown>): Promise<object> {
    const load = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (load === undefined) {
      throw protocolError(METHOD_NOT_FOUND, `There is no method ${name.slice(0, NAME_LENGTH)}.`);
    }
    try {
      const [method, { sequencer }] = await Promise.all([load(), open()]);
      return await method(params, sequencer);
    } catch (error) {
      if (!isForeseen(error)) report(`${name}: ${stackOf(error)}`);
      throw asProtocolError(error);
    }
  }

  // Instead of `setRequestHandler`: see M3.
  server.fallbackRequestHandler = async ({ method, params = {} }, { sendNotification }) => {
    if (method === "tools/list") return { tools: TOOL_LIST };
    const progressToken = params["_meta"]?.progressToken;
    const onWaiting: SendProgress = (progress, total) => {
      const progressing = { progressToken: progressToken!, progress, total };
      sendNotification({ method: "notifications/progress", params: progressing }).catch(() => {});
    };
    const result: Promise<object> =
      method === "tools/call"
        ? call(params, progressToken === undefined ? undefined : onWaiting)
        : answer(method, params);
    running.add(result);
    return (await result.finally(() => running.delete(result))) as Record<string, unknown>;
  };

  return {
    async connect(transport) {
      await server.connect(transport);
      const receive = transport.onmessage;
      transport.onmessage = (message, extra) => {
        if ("method" in message && message.method === "initialize" && "id" in message) {
          const { data, error } = InitializeRequestSchema.safeParse(message);
          if (data === undefined) {
            refuse(
              transport,
              message.id,
              `The params of initialize are not valid: ${inWords(error.issues)}.`,
            );
            return;
          }
          takesLinks = data.params.protocolVersion >= LINKS_SINCE;
        }
        receive?.(withoutTask(message), extra);
      };
    },
    async settled() {
      while (running.size > 0) await Promise.allSettled(running);
    },
    async dispose() {
      const { sequencer } = (await opened?.catch(() => undefined)) ?? {};
      await sequencer?.dispose();
    },
  };
}

/** A server without tasks answers as if none was asked for; the SDK would answer an internal error. */
function withoutTask(message: JSONRPCMessage): JSONRPCMessage {
  if (!("method" in message) || message.params?.["task"] === undefined) return message;
  const { task, ...params } = message.params;
  return { ...message, params };
}

/** The SDK would answer an internal error for what a client got wrong. */
function refuse(transport: Transport, id: RequestId, message: string): void {
  transport.send({ jsonrpc: "2.0", id, error: { code: INVALID_PARAMS, message } }).catch(() => {});
}

function inWords(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  return issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`).join("; ");
}

/** The same payload in both places: clients show their model only one of the two, and not the same one. */
function toResult(payload: object, takesLinks: boolean): CallResult {
  const text = { type: "text", text: JSON.stringify(payload) } as const;
  return { content: [text, ...(takesLinks ? linksFor(payload) : [])], structuredContent: payload };
}

/** Text only: of a failed call the SDK's clients read nothing else. */
function toFailure(error: unknown): CallResult {
  return { content: [{ type: "text", text: JSON.stringify(toErrorAnswer(error)) }], isError: true };
}

function unknownTool(name: unknown): string {
  const names = TOOLS.map((tool) => tool.name);
  const meant = typeof name === "string" ? nearest(name, names) : undefined;
  const hint = meant === undefined ? `The tools are ${names.join(", ")}.` : `Did you mean ${meant}?`;
  if (typeof name !== "string") return `The name of the tool is not text. ${hint}`;
  return `There is no tool named ${JSON.stringify(name.slice(0, NAME_LENGTH))}. ${hint}`;
}

/** Ours, or an error of the protocol. */
function isForeseen(error: unknown): boolean {
  return error instanceof SequencerError || typeof (error as { code?: unknown }).code === "number";
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
