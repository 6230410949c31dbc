/** How a run looks at the terminal while somebody answers its steps. */

import type { InstanceAnswer, InstructionYield, LastYield, WaitingFor } from "../instances/answer.ts";
import { questionIn } from "../instances/describe.ts";
import { lasting, momentOf } from "../instances/timeline/text.ts";
import type { Reply } from "./reply.ts";
import { schemaText } from "./schema-text.ts";
import { colorsFor, hang, jsonText, oneLine, print, printable, type Terminal, widthOf } from "./terminal.ts";

const INDENT = "  ";
const MAX_WAITING = 10;
const WORTH_TELLING_MS = 1_000;

export class Screen {
  readonly #terminal: Terminal;
  readonly #colors;
  /** Steps that it was told are waited for. */
  readonly #waiting = new Set<number>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#colors = colorsFor(terminal.errors, terminal);
  }

  /** What is told on the way goes beside the answer, not into it. */
  say(...lines: string[]): void {
    print(this.#terminal.errors, ...lines);
  }

  begin({ program, instance_id }: InstanceAnswer): void {
    this.say(`${this.#colors.bold(printable(program))} ${this.#colors.dim(instance_id)}`);
  }

  /** Of a run that asks nothing yet. */
  atWork(): void {
    this.say(this.#colors.dim("The program is at work…"));
  }

  step(instruction: InstructionYield, progress: InstanceAnswer["progress_hint"]): void {
    const { step_no, text, expect_schema, attempt, max_attempts, validation_error } = instruction;
    const { bold, cyan, dim, yellow } = this.#colors;
    const hint =
      progress === null ? "" : `  ${progress.current}/${progress.of} ${oneLine(progress.label, 60)}`;
    const question = questionIn(instruction);
    const asks = question === undefined ? "" : "  a question for you";
    this.say("", `${bold(cyan(`step ${step_no}`))}${asks}${dim(hint)}`);
    if (validation_error !== undefined) {
      this.say(
        `${INDENT}${yellow(`The last reply was not accepted (attempt ${attempt} of ${max_attempts}):`)}`,
      );
      for (const { path, message } of validation_error.problems) {
        this.say(`${INDENT}${INDENT}${yellow(hang(`${path} ${message}`, INDENT + INDENT))}`);
      }
    }
    this.say(`${INDENT}${hang(question ?? text, INDENT)}`);
    if (expect_schema !== null) this.say(`${INDENT}${dim(`reply: ${printable(schemaText(expect_schema))}`)}`);
  }

  reply(reply: Reply): void {
    const width = widthOf(this.#terminal.errors) - 4;
    const { green, red } = this.#colors;
    if ("result" in reply) this.say(`${INDENT}${green("←")} ${oneLine(JSON.stringify(reply.result), width)}`);
    else this.say(`${INDENT}${red("←")} ${oneLine(`cannot be done: ${reply.failure.reason}`, width)}`);
  }

  /** Told once a step: what the run waits for, and until when. */
  waiting({ waiting_for }: Extract<LastYield, { kind: "waiting" }>): void {
    const untold = waiting_for.filter(({ step_no }) => !this.#waiting.has(step_no));
    if (untold.length === 0) return;
    const { dim } = this.#colors;
    this.say("", ...untold.slice(0, MAX_WAITING).map((step) => dim(inWords(step))));
    if (untold.length > MAX_WAITING) this.say(dim(`and ${untold.length - MAX_WAITING} more`));
    for (const { step_no } of untold) this.#waiting.add(step_no);
  }

  /** The wait is over. */
  wentOn(waitedMs: number): void {
    if (waitedMs >= WORTH_TELLING_MS) this.say(this.#colors.dim(`${INDENT}waited ${lasting(waitedMs)}`));
  }

  /** Of a run that goes no further. The summary is the command's answer. */
  outcome({ state, last_yield }: InstanceAnswer): void {
    const { green, red, dim } = this.#colors;
    switch (last_yield.kind) {
      case "done":
        this.say("", green(state));
        print(this.#terminal.output, jsonText(last_yield.summary, 2));
        break;
      case "abort":
        this.say("", `${red(state)}: ${hang(last_yield.reason, INDENT)}`);
        break;
      case "error": {
        const { type, message, stack, fix } = last_yield;
        this.say("", `${red(state)}: ${printable(type)}: ${hang(message, INDENT)}`);
        if (stack) this.say(dim(`${INDENT}${hang(stack, INDENT)}`));
        if (fix) this.say(`${INDENT}${hang(fix, INDENT)}`);
        break;
      }
      default:
        this.say("", state);
    }
  }
}

function inWords({ step_no, kind, what, until }: WaitingFor): string {
  const whom = {
    sleep: "waits for the clock",
    signal: `waits for the signal '${what}', which another client sends`,
    ask: `waits for a person: ${what}`,
    effect: `is at work: ${what}`,
    command: `is running: ${what}`,
  }[kind];
  const end = until === null ? "" : `, until ${momentOf(until)}`;
  return `step ${step_no} ${oneLine(whom, 100)}${end}`;
}
