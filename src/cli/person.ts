/**
 * A person at the terminal as the agent: asked field by field where the schema is flat, else for JSON.
 *
 * Q1. Ctrl-C and Ctrl-D both mean: leave it for later.
 */

import { createInterface } from "node:readline/promises";
import type { InstructionYield } from "../instances/answer.ts";
import type { Json } from "../program/schema.ts";
import { type Field, fieldValue, flatFields } from "./fields.ts";
import { parseReply, type Replier, type Reply } from "./reply.ts";
import { type Colors, printable, type Terminal } from "./terminal.ts";

const HINT = ":fail REASON if it cannot be done, :json to write JSON, Ctrl-C to go on later";
const FAIL = /^:fail(?:\s+(.*))?$/s;

/** @param leave is called when the person wants to stop */
export function askPerson(terminal: Terminal, colors: Colors, leave: () => void): Replier {
  const left = new AbortController();
  const lines = createInterface({ input: terminal.input, output: terminal.errors });
  const stop = () => {
    left.abort();
    leave();
  };
  lines.on("SIGINT", stop);
  lines.on("close", stop);
  const question = (prompt: string) => lines.question(prompt, { signal: left.signal });
  const say = (text: string) => void terminal.errors.write(`${colors.yellow(printable(text))}\n`);
  let hinted = false;

  /** JSON over as many lines as it takes; an empty line gives up on what was typed. */
  async function askJson(instruction: InstructionYield, begun = ""): Promise<Reply> {
    let text = begun;
    for (;;) {
      if (text === "") text = await question("  reply> ");
      const failed = failureIn(text);
      if (failed !== undefined) return failed;
      const reply = text.trim() === "" ? { problem: "Nothing was written." } : parseReply(text, instruction);
      if (!("problem" in reply)) return reply;
      const more = isUnfinished(text) ? await question("     ...> ") : "";
      if (more.trim() === "") {
        say(`  ${reply.problem}`);
        text = "";
      } else {
        text = `${text}\n${more}`;
      }
    }
  }

  async function askFields(instruction: InstructionYield, fields: readonly Field[]): Promise<Reply> {
    const result: { [name: string]: Json } = {};
    for (const field of fields) {
      const typed = await question(`  ${promptFor(field)}> `);
      const failed = failureIn(typed);
      if (failed !== undefined) return failed;
      if (typed.trim() === ":json") return askJson(instruction);
      if (typed.trim().startsWith("{")) return askJson(instruction, typed);
      if (typed === "" && !field.required) continue;
      result[field.name] = fieldValue(field, typed);
    }
    return { result };
  }

  return {
    isPerson: true,
    async reply(instruction) {
      if (!hinted) terminal.errors.write(`  ${colors.dim(HINT)}\n`);
      hinted = true;
      const fields = flatFields(instruction.expect_schema);
      try {
        return await (fields === undefined ? askJson(instruction) : askFields(instruction, fields));
      } catch (error) {
        if (left.signal.aborted) return undefined;
        throw error;
      }
    },
    close() {
      lines.off("close", stop);
      lines.close();
    },
  };
}

function failureIn(typed: string): Reply | undefined {
  const found = FAIL.exec(typed.trim());
  return found === null ? undefined : { failure: { reason: found[1]?.trim() || "no reason given" } };
}

function isUnfinished(text: string): boolean {
  return /^\s*[[{]/.test(text) && !/[\]}]\s*$/.test(text.replace(/\n\s*$/, ""));
}

function promptFor({ name, type, choices, required }: Field): string {
  const form = choices === undefined ? (type === "string" ? "" : ` (${type})`) : ` (${choices.join(", ")})`;
  return printable(`${name}${form}${required ? "" : ", optional"}`);
}
