/**
 * Patterns of tools, in the client's own syntax: `Read`, `Bash(git diff:*)`, `Edit(docs/**)`,
 * `WebFetch(domain:example.com)`, `mcp__server__*`.
 *
 * M1. What a pattern cannot be held against is not allowed by it, and is forbidden by it.
 * M2. `Edit` stands for every tool that edits files, `Read` for every one that reads them.
 */

import { isAbsolute, join } from "node:path";
import { type Folders, matchesPath } from "./paths.ts";
import { barely, readCommandLine } from "./shell.ts";

export interface ToolCall {
  readonly name: string;
  readonly input: { readonly [name: string]: unknown };
}

/** Whether the pattern is of the list of what is allowed, or of what is forbidden. */
export type Side = "allow" | "deny";

const PATTERN = /^\s*([^\s()]+)\s*(?:\(([\s\S]*)\))?\s*$/;

const FAMILIES: { readonly [name: string]: readonly string[] } = {
  Edit: ["Edit", "MultiEdit", "Write", "NotebookEdit"],
  Read: ["Read", "Grep", "Glob", "LS", "NotebookRead"],
};

export function matches(pattern: string, call: ToolCall, side: Side, folders: Folders): boolean {
  const parts = PATTERN.exec(pattern);
  if (parts === null) return side === "deny" && namesTool(pattern.split("(", 1)[0]!.trim(), call.name);
  const [, name, argument] = parts as unknown as [string, string, string | undefined];
  if (!namesTool(name, call.name)) return false;
  if (argument === undefined || /^\s*:?\*?\s*$/.test(argument)) return true;
  return matchesArgument(argument.trim(), call, side, folders);
}

function namesTool(name: string, tool: string): boolean {
  if (name === tool || FAMILIES[name]?.includes(tool)) return true;
  if (name.includes("*")) return wildcards(name).test(tool);
  // The name of a server stands for all of its tools.
  return /^mcp__/.test(name) && !/^mcp__.+?__/.test(name) && tool.startsWith(`${name}__`);
}

function matchesArgument(argument: string, { name, input }: ToolCall, side: Side, folders: Folders): boolean {
  const command = input["command"];
  if (typeof command === "string") return matchesCommand(argument, command, side);
  const path = pathOf(name, input);
  if (path !== undefined) return matchesPath(argument, path.path, path.isFolder, folders, side === "deny");
  const url = input["url"];
  if (typeof url === "string" && argument.startsWith("domain:")) {
    return matchesDomain(argument.slice("domain:".length), url, side);
  }
  const plain = input["skill"] ?? input["subagent_type"];
  if (typeof plain === "string") return commandTest(argument)(plain);
  return side === "deny";
}

function matchesCommand(argument: string, command: string, side: Side): boolean {
  const { commands, opaque } = readCommandLine(command);
  const test = commandTest(argument);
  if (side === "deny") return commands.some((each) => test(each) || test(barely(each)));
  return opaque === undefined && commands.length > 0 && commands.every(test);
}

/** Why a command line is beyond every pattern; `undefined` if it is not. */
export function opaqueness({ input }: ToolCall): string | undefined {
  const command = input["command"];
  return typeof command === "string" ? readCommandLine(command).opaque : undefined;
}

/** `git diff:*` and `git diff *`: with any arguments or none. A `*` elsewhere: anything. Without one: exactly. */
function commandTest(argument: string): (command: string) => boolean {
  const prefix = /^([\s\S]*?)(?::\*| \*)$/.exec(argument)?.[1];
  const test =
    prefix === undefined ? wildcards(argument) : new RegExp(`^${wildcardSource(prefix)}(?: [\\s\\S]*)?$`);
  return (command) => test.test(command);
}

function pathOf(tool: string, input: ToolCall["input"]): { path: string; isFolder: boolean } | undefined {
  const file = input["file_path"] ?? input["notebook_path"];
  if (typeof file === "string") return { path: file, isFolder: false };
  if (!["Grep", "Glob", "LS"].includes(tool)) return undefined;
  const folder = typeof input["path"] === "string" ? input["path"] : ".";
  return { path: tool === "Glob" ? searched(folder, input["pattern"]) : folder, isFolder: true };
}

/** The folder that a search for names begins in: the pattern may lead out of the one that it is given. */
function searched(folder: string, pattern: unknown): string {
  if (typeof pattern !== "string") return folder;
  if (/\.\.|[{,]\//.test(pattern)) return "/";
  const beginning = /^[^*?[{]*\//.exec(pattern)?.[0] ?? "";
  return isAbsolute(beginning) ? beginning : join(folder, beginning);
}

function matchesDomain(domain: string, url: string, side: Side): boolean {
  try {
    const host = new URL(url).hostname;
    return wildcards(domain.toLowerCase()).test(host);
  } catch {
    return side === "deny";
  }
}

function wildcards(pattern: string): RegExp {
  return new RegExp(`^${wildcardSource(pattern)}$`);
}

function wildcardSource(pattern: string): string {
  return pattern.replace(/[\\^$.+?()[\]{}|]/g, "\\$&").replace(/\*/g, "[\\s\\S]*");
}
