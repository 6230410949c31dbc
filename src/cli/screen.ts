/** How a run looks at the terminal while somebody answers its steps. */

import type { InstanceAnswer, InstructionYield, LastYield } from "../instances/answer.ts";
import type { Reply } from "./reply.ts";
import { schemaText } from "./schema-text.ts";
import { colorsFor, hang, oneLine, print, printable, type Terminal, widthOf } from "./terminal.ts";

const INDENT = "  ";

export class Screen {
  readonly #terminal: Terminal;
  readonly #colors;

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

  step(instruction: InstructionYield, progress: InstanceAnswer["progress_hint"]): void {
    const { step_no, text, expect_schema, attempt, max_attempts, validation_error } = instruction;
    const { bold, cyan, dim, yellow } = this.#colors;
    const hint =
      progress === null ? "" : `  ${progress.current}/${progress.of} ${oneLine(progress.label, 60)}`;
    this.say("", `${bold(cyan(`step ${step_no}`))}${dim(hint)}`);
    if (validation_error !== undefined) {
      this.say(
        `${INDENT}${yellow(`The last reply was not accepted (attempt ${attempt} of ${max_attempts}):`)}`,
      );
      for (const { path, message } of validation_error.problems) {
        this.say(`${INDENT}${INDENT}${yellow(hang(`${path} ${message}`, INDENT + INDENT))}`);
      }
    }
    this.say(`${INDENT}${hang(text, INDENT)}`);
    if (expect_schema !== null) this.say(`${INDENT}${dim(`reply: ${printable(schemaText(expect_schema))}`)}`);
  }

  reply(reply: Reply): void {
    const width = widthOf(this.#terminal.errors) - 4;
    const { green, red } = this.#colors;
    if ("result" in reply) this.say(`${INDENT}${green("←")} ${oneLine(JSON.stringify(reply.result), width)}`);
    else this.say(`${INDENT}${red("←")} ${oneLine(`cannot be done: ${reply.failure.reason}`, width)}`);
  }

  waiting({ waiting_for }: Extract<LastYield, { kind: "waiting" }>): void {
    const { dim } = this.#colors;
    for (const { step_no, kind, what, until } of waiting_for) {
      const end = until === null ? "" : ` until ${until}`;
      this.say("", dim(`step ${step_no} waits: ${kind} ${oneLine(what, 80)}${end}`));
    }
  }

  /** Of a run that goes no further. The summary is the command's answer. */
  outcome({ state, last_yield }: InstanceAnswer): void {
    const { green, red, dim } = this.#colors;
    switch (last_yield.kind) {
      case "done":
        this.say("", green(state));
        print(this.#terminal.output, JSON.stringify(last_yield.summary, null, 2));
        break;
      case "abort":
        this.say("", `${red(state)}: ${hang(last_yield.reason, INDENT)}`);
        break;
      case "error": {
        const { type, message, stack, fix } = last_yield;
        this.say("", `${red(state)}: ${type}: ${hang(message, INDENT)}`);
        if (stack) this.say(dim(`${INDENT}${hang(stack, INDENT)}`));
        if (fix) this.say(`${INDENT}${hang(fix, INDENT)}`);
        break;
      }
      default:
        this.say("", state);
    }
  }
}
