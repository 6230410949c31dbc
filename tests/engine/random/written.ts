/**
 * A random program as JavaScript: its `try`, its loops and its `yield*` are the language's own. What it does
 * is written down in its trace, which is also its summary.
 */

import { CallFailed } from "../../../src/program/call.ts";
import { all, allSettled, race } from "../../../src/program/group.ts";
import { type Instruction, instruct } from "../../../src/program/instruction.ts";
import { Abort, StepFailed } from "../../../src/program/outcome.ts";
import { defineProgram, type Program } from "../../../src/program/program.ts";
import type { Ask, Group, Node, RandomProgram, Try } from "./ast.ts";
import { BROKEN, SCHEMAS } from "./schemas.ts";

/** @param onStart is given the trace of each run of the program */
export function programOf(
  { isAsync, body }: RandomProgram,
  onStart: (trace: readonly string[]) => void,
): Program {
  const source = `const trace = []; onStart(trace); ${write(body, isAsync)} return trace;`;
  const tools = { onStart, ask, broken, called, nameOf, settled, Abort, all, allSettled, race };
  return new Function(
    ...Object.keys(tools),
    "defineProgram",
    `return defineProgram({ name: "tested", description: "A random program.", run: ${starred(isAsync)} () { ${source} } })`,
  )(...Object.values(tools), defineProgram);
}

function starred(isAsync: boolean): string {
  return isAsync ? "async function*" : "function*";
}

/** A generator of its own. */
function generator(body: Node, isAsync: boolean): string {
  return `${starred(isAsync)} () { ${write(body, isAsync)} }`;
}

function write(node: Node, isAsync: boolean): string {
  switch (node.do) {
    case "ask":
      return `trace.push("${node.name} gave " + JSON.stringify(yield* ask(${JSON.stringify(node)})));`;
    case "broken":
      return "yield* broken();";
    case "throw":
      return `throw new Error("${node.name}");`;
    case "abort":
      return `throw new Abort("${node.name}");`;
    case "return":
      return "return trace;";
    case "continue":
      return "continue;";
    case "seq":
      return `{ ${node.body.map((inner) => write(inner, isAsync)).join(" ")} }`;
    case "loop":
      return `for (let i = 0; i < ${node.times}; i++) { ${write(node.body, isAsync)} }`;
    case "try":
      return writeTry(node, isAsync);
    case "helper":
      return `yield* (${generator(node.body, isAsync)})();`;
    case "call":
      return `yield* called(${generator(node.body, node.isAsync)}).call(); trace.push("called");`;
    case "group":
      return writeGroup(node);
  }
}

function writeTry(node: Try, isAsync: boolean): string {
  const last = node.finally && `finally { trace.push("finally"); ${write(node.finally, isAsync)} }`;
  const caught =
    node.catch && `catch (error) { trace.push("caught " + nameOf(error)); ${write(node.catch, isAsync)} }`;
  if (last === undefined && caught === undefined) return `{ ${write(node.body, isAsync)} }`;
  return `try { ${write(node.body, isAsync)} } ${caught ?? ""} ${last ?? ""}`;
}

function writeGroup({ mode, branches, isAsync, concurrency }: Group): string {
  const list = branches.map((inner) =>
    inner.do === "ask" ? `ask(${JSON.stringify(inner)})` : `(${generator(inner, isAsync)})()`,
  );
  const result = `yield* ${mode}([${list.join(", ")}], { concurrency: ${concurrency} })`;
  // What generators return is the trace, which nobody wants to read in itself.
  const shown = mode === "race" ? "settled(result)" : "result.map(settled)";
  return `{ const result = ${result}; trace.push("${mode} gave " + JSON.stringify(${shown})); }`;
}

function ask({ name, schema, maxAttempts, onInvalid }: Ask): Instruction<unknown> {
  return instruct(name, { reply: SCHEMAS[schema]!.schema, maxAttempts, onInvalid });
}

function broken(): Instruction<unknown> {
  return instruct("broken", { reply: BROKEN });
}

function called(run: () => AsyncGenerator<any, unknown, any>): Program {
  return defineProgram({ name: "called", description: "A called program.", run }) as Program;
}

/** What a branch gave, by its value or its error; a generator's own value does not count. */
function settled(each: any): unknown {
  if (each?.status === "rejected") return nameOf(each.reason);
  const value = each?.status === "fulfilled" ? each.value : each;
  return value === undefined || isTrace(value) ? "generator" : value;
}

function isTrace(value: unknown): boolean {
  return Array.isArray(value) && value.every((line) => typeof line === "string");
}

/** An error as traces and the model name it. */
export function nameOf(error: unknown): string {
  if (error instanceof StepFailed) return `${error.code} of ${error.stepNo}`;
  if (error instanceof Abort) return `Abort ${error.reason}`;
  if (error instanceof CallFailed) return `CallFailed(${nameOf(error.cause)})`;
  const { name, message } = error as Error;
  return name === "Error" ? `Error ${message}` : name;
}
