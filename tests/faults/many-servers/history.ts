/**
 * What the callers saw: every call with its arguments and its answer, in the order in which calls began and
 * answers came.
 *
 * H1. `began` and `returned` come from one counter: a call that returned before another one began has the
 *     lower number. Nothing else is known of time.
 * H2. A call without an answer may have been carried out, or may not.
 */

export interface Call {
  /** Who called: a caller has one call under way at a time. */
  readonly caller: string;
  readonly server: number;
  readonly tool: string;
  readonly args: { readonly [name: string]: any };
  readonly began: number;
  /** Undefined: no answer came. */
  returned?: number;
  answer?: any;
  /** Why none came, if not because the server was killed. */
  unanswered?: string;
}

/** A run of a program's own code that the world outside saw: not from any log. */
export interface Execution {
  /** As the program knows itself. */
  readonly instance: string;
  readonly label: string;
  readonly id: string;
  /** When it began and ended, in the order of all that was seen; what never ended was killed. */
  readonly began: number;
  readonly ended?: number;
}

/** All that the checker knows. */
export interface Evidence {
  readonly calls: readonly Call[];
  /** Bytes of each log, by instance id. */
  readonly logs: ReadonlyMap<string, Buffer>;
  /** In the order in which they began. */
  readonly executions: readonly Execution[];
  /** Programs may get stuck here. */
  readonly stalls?: boolean;
}

export class Recorder {
  readonly calls: Call[] = [];
  #clock = 0;

  begin(caller: string, server: number, tool: string, args: Call["args"]): Call {
    const call: Call = { caller, server, tool, args, began: this.#clock++ };
    this.calls.push(call);
    return call;
  }

  answered(call: Call, answer: unknown): void {
    call.returned = this.#clock++;
    call.answer = answer;
  }
}

/** Each line says `begin` or `end`, the instance, the label and the id of the execution, between tabs. */
export function readExecutions(text: string): Execution[] {
  const executions = new Map<string, Execution>();
  for (const [at, line] of text.split("\n").filter(Boolean).entries()) {
    const [what, instance, label, id] = line.split("\t") as [string, string, string, string];
    const began = executions.get(id)?.began ?? at;
    executions.set(id, { instance, label, id, began, ...(what === "end" && { ended: at }) });
  }
  return [...executions.values()];
}

/** The answer said that the call was carried out. */
export function isAccepted({ answer }: Call): boolean {
  return answer !== undefined && answer.ok !== false;
}

/** The answer said that the call was refused and nothing was recorded. */
export function isRefused({ answer }: Call): boolean {
  return answer?.ok === false && !["OutcomeUnknown", "ProgramStalled"].includes(answer.error);
}

/** A call in a sentence. */
export function nameOf({ caller, server, tool, args, began, returned }: Call): string {
  const what = JSON.stringify(
    args.for_step_no === undefined ? args : [args.for_step_no, args.result ?? args.failure],
  );
  return `${tool} ${what.slice(0, 160)} of ${caller} at server ${server} (${began} to ${returned ?? "-"})`;
}
