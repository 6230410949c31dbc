/**
 * The model: runs a random program without generators, schemas or logs, by continuations on the tree itself.
 * It says what is derived in each turn, in order, and what is pending.
 */

import { MAX_CLEANUP_STEPS } from "../../../src/engine/scheduler.ts";
import type { Ask, Group, Node, RandomProgram, Try } from "./ast.ts";
import { SCHEMAS } from "./schemas.ts";

/** How a part of a program ends. `cancel` passes every catch and runs every finally. */
type Completion =
  | { readonly type: "normal"; readonly value?: unknown }
  | { readonly type: "return" }
  | { readonly type: "continue" }
  | { readonly type: "throw"; readonly error: string }
  | { readonly type: "cancel" };

type Outcome =
  | { readonly type: "value"; readonly value: unknown }
  | { readonly type: "error"; readonly error: string }
  | { readonly type: "cancelled"; readonly reason: string };

type Then = (completion: Completion) => void;
type Settle = (outcome: Outcome) => void;

interface Wait {
  cancel(reason: string): void;
}

interface Task {
  readonly path: string;
  nextOrdinal: number;
  readonly settle: Settle;
  wait?: Wait;
  cancelReason?: string;
  /** Overrides what it would go on with. */
  isCancelNext: boolean;
  isReturning: boolean;
  /** How often it was returned: a helper that was, and that ends well after all, is cancelled. */
  returns: number;
  cleanup?: { steps: number };
  cleanupError?: string;
}

export interface ModelStep {
  readonly ask: Ask;
  readonly attempt: number;
  readonly path: string;
  readonly ordinal: number;
  readonly settle: Settle;
}

export class Model {
  /** What was derived since it was last taken. */
  private derived: string[] = [];
  readonly pending = new Map<number, ModelStep>();
  /** "completed", or the state and why. */
  ended: string | undefined;
  readonly trace: string[] = [];

  private readonly queue: (() => void)[] = [];
  private readonly root: Task;
  private stepNo = 0;
  private ending: string | undefined;

  constructor({ body }: RandomProgram) {
    this.root = this.spawn("", undefined, body, (outcome) => this.end(outcome));
    this.drain();
  }

  takeDerived(): string[] {
    const derived = this.derived;
    this.derived = [];
    return derived;
  }

  answer(stepNo: number, how: "valid" | "invalid" | "fail", n: number): void {
    const step = this.pending.get(stepNo)!;
    const { ask, attempt, settle } = step;
    const { valid, invalid } = SCHEMAS[ask.schema]!;
    this.pending.delete(stepNo);
    if (how === "fail") settle({ type: "error", error: `agent_failure of ${stepNo}` });
    else if (how === "valid" || invalid === undefined) settle({ type: "value", value: valid(n).given });
    else if (ask.onInvalid === "abort") this.abort("aborted", "invalid reply", settle);
    else if (attempt < ask.maxAttempts) this.ask({ ...step, attempt: attempt + 1 });
    else settle({ type: "error", error: `invalid_replies of ${stepNo}` });
    this.drain();
  }

  cancel(reason: string): void {
    this.abort("cancelled", reason, () => {});
    this.drain();
  }

  private abort(state: string, reason: string, settle: Settle): void {
    if (this.ending === undefined) {
      this.ending = state;
      this.cancelTask(this.root, reason);
    }
    settle({ type: "cancelled", reason });
  }

  private drain(): void {
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) next();
  }

  private end(outcome: Outcome): void {
    const error = outcome.type === "error" ? outcome.error : undefined;
    if (this.ending !== undefined)
      this.ended = error === undefined ? this.ending : `${this.ending}, ${error}`;
    else if (error === undefined) this.ended = "completed";
    else if (/^(CallFailed\()*Abort /.test(error)) this.ended = "aborted";
    else this.ended = `failed, ${error}`;
    this.derived.push(`ended ${this.ended}`);
  }

  // Tasks

  private spawn(path: string, cleanup: Task["cleanup"], body: Node, settle: Settle): Task {
    const task: Task = { path, nextOrdinal: 1, settle, isCancelNext: false, isReturning: false, returns: 0 };
    if (cleanup !== undefined) task.cleanup = cleanup;
    this.queue.push(() => {
      if (task.isCancelNext) this.goOnCancelled(task, (completion) => this.finish(task, completion));
      else this.run(body, task, (completion) => this.finish(task, completion));
    });
    return task;
  }

  private finish(task: Task, completion: Completion): void {
    if (completion.type === "throw") task.settle({ type: "error", error: completion.error });
    else if (task.cleanupError !== undefined) task.settle({ type: "error", error: task.cleanupError });
    else if (task.isReturning) task.settle({ type: "cancelled", reason: task.cancelReason! });
    else task.settle({ type: "value", value: undefined });
  }

  private cancelTask(task: Task, reason: string): void {
    if (task.cancelReason !== undefined) return;
    task.cancelReason = reason;
    if (task.wait === undefined) task.isCancelNext = true;
    else task.wait.cancel(reason);
  }

  private goOnCancelled(task: Task, then: Then): void {
    task.isReturning = true;
    task.isCancelNext = false;
    task.returns++;
    task.cleanup ??= { steps: 0 };
    then({ type: "cancel" });
  }

  /** The task yields something; `then` is how it goes on, in its turn. */
  private wait(task: Task, start: (settle: Settle) => Wait | undefined, then: Then): void {
    if (isExhausted(task.cleanup)) {
      task.settle({ type: "error", error: "CleanupTooLong" });
      return;
    }
    let isSettled = false;
    const wait = start((outcome) => {
      isSettled = true;
      task.wait = undefined;
      const completion = this.received(task, outcome);
      this.queue.push(() => this.goOn(task, completion, then));
    });
    if (!isSettled && wait !== undefined) task.wait = wait;
  }

  /** What a task makes of an outcome, as it stands when the outcome comes. */
  private received(task: Task, outcome: Outcome): Completion {
    if (task.cancelReason !== undefined && !task.isReturning) {
      if (outcome.type === "error") task.cleanupError = outcome.error;
      return { type: "cancel" };
    }
    if (outcome.type === "value") return { type: "normal", value: outcome.value };
    if (outcome.type === "error") return { type: "throw", error: outcome.error };
    task.cancelReason ??= outcome.reason;
    return { type: "cancel" };
  }

  private goOn(task: Task, completion: Completion, then: Then): void {
    if (completion.type === "cancel" || task.isCancelNext) this.goOnCancelled(task, then);
    else then(completion);
  }

  // Nodes

  private run(node: Node, task: Task, then: Then): void {
    switch (node.do) {
      case "ask":
        this.wait(
          task,
          (settle) => this.startAsk(node, task.path, task.nextOrdinal++, settle),
          (completion) => {
            if (completion.type === "normal")
              this.trace.push(`${node.name} gave ${JSON.stringify(completion.value)}`);
            then(completion);
          },
        );
        return;
      case "broken":
        this.wait(
          task,
          (settle) => {
            const ordinal = task.nextOrdinal++;
            this.derived.push(`step_failed ${++this.stepNo} ${task.path}#${ordinal}`);
            settle({ type: "error", error: "InvalidSchema" });
            return undefined;
          },
          then,
        );
        return;
      case "throw":
        then({ type: "throw", error: `Error ${node.name}` });
        return;
      case "abort":
        then({ type: "throw", error: `Abort ${node.name}` });
        return;
      case "return":
      case "continue":
        then({ type: node.do });
        return;
      case "seq":
        this.runAll(node.body, task, then);
        return;
      case "loop":
        this.runLoop(node.times, node.body, task, then);
        return;
      case "helper":
        this.runHelper(node.body, task, then);
        return;
      case "try":
        this.runTry(node, task, then);
        return;
      case "call":
        this.wait(
          task,
          (settle) => this.startCall(node.body, task, settle),
          (completion) => {
            if (completion.type === "normal") this.trace.push("called");
            then(completion);
          },
        );
        return;
      case "group":
        this.wait(
          task,
          (settle) => this.startGroup(node, task, settle),
          (completion) => {
            if (completion.type === "normal")
              this.trace.push(`${node.mode} gave ${JSON.stringify(completion.value)}`);
            then(completion);
          },
        );
        return;
    }
  }

  private runAll(body: readonly Node[], task: Task, then: Then): void {
    const [first, ...rest] = body;
    if (first === undefined) {
      then({ type: "normal" });
      return;
    }
    this.run(first, task, (completion) => {
      if (completion.type === "normal") this.runAll(rest, task, then);
      else then(completion);
    });
  }

  private runLoop(times: number, body: Node, task: Task, then: Then): void {
    if (times === 0) {
      then({ type: "normal" });
      return;
    }
    this.run(body, task, (completion) => {
      const goesOn = completion.type === "normal" || completion.type === "continue";
      if (goesOn) this.runLoop(times - 1, body, task, then);
      else then(completion);
    });
  }

  /** `return` in it ends it alone, and it cannot swallow a cancellation. */
  private runHelper(body: Node, task: Task, then: Then): void {
    const { returns } = task;
    this.run(body, task, (completion) => {
      if (completion.type === "throw" || completion.type === "cancel") then(completion);
      else then({ type: task.returns > returns ? "cancel" : "normal" });
    });
  }

  private runTry(node: Try, task: Task, then: Then): void {
    const atLast = (completion: Completion) => {
      if (node.finally === undefined) {
        then(completion);
        return;
      }
      this.trace.push("finally");
      this.run(node.finally, task, (last) => then(last.type === "normal" ? completion : last));
    };
    this.run(node.body, task, (completion) => {
      if (completion.type !== "throw" || node.catch === undefined) {
        atLast(completion);
        return;
      }
      this.trace.push(`caught ${completion.error}`);
      this.run(node.catch, task, atLast);
    });
  }

  // What a task waits for

  private startAsk(ask: Ask, path: string, ordinal: number, settle: Settle): Wait {
    let isOver = false;
    const once: Settle = (outcome) => {
      if (isOver) return;
      isOver = true;
      settle(outcome);
    };
    this.ask({ ask, attempt: 1, path, ordinal, settle: once });
    return {
      cancel: (reason) => {
        for (const [stepNo, step] of this.pending) {
          if (step.settle !== once) continue;
          this.pending.delete(stepNo);
          this.derived.push(`step_cancelled ${stepNo}`);
        }
        once({ type: "cancelled", reason });
      },
    };
  }

  private ask(step: ModelStep): void {
    this.pending.set(++this.stepNo, step);
    this.derived.push(
      `step_issued ${this.stepNo} ${step.path}#${step.ordinal} ${step.ask.name} ${step.attempt}`,
    );
  }

  private startCall(body: Node, task: Task, settle: Settle): Wait {
    const ordinal = task.nextOrdinal++;
    const path = below(task.path, ordinal);
    const called = this.spawn(path, task.cleanup, body, (outcome) =>
      settle(
        outcome.type === "error"
          ? { type: "error", error: `CallFailed(${innermost(outcome.error)})` }
          : outcome,
      ),
    );
    // It is issued when it is its turn, before anything in it.
    const start = this.queue.pop()!;
    this.queue.push(() => {
      if (!called.isCancelNext)
        this.derived.push(`step_issued ${++this.stepNo} ${task.path}#${ordinal} call`);
      start();
    });
    return { cancel: (reason) => this.cancelTask(called, reason) };
  }

  private startGroup(node: Group, task: Task, settle: Settle): Wait {
    const path = below(task.path, task.nextOrdinal++);
    const running = new Map<number, Wait>();
    const results: unknown[] = node.branches.map(() => null);
    let decided: Outcome | undefined;
    let cleanupError: Outcome | undefined;
    let started = 0;
    let isStarting = false;
    let isOver = false;

    const decide = (outcome: Outcome, reason: string) => {
      decided = outcome;
      for (const wait of [...running.values()]) wait.cancel(reason);
    };
    const onEnd = (index: number, outcome: Outcome) => {
      running.delete(index);
      if (decided !== undefined) {
        if (outcome.type === "error") cleanupError ??= outcome;
      } else if (outcome.type === "cancelled") decide(outcome, outcome.reason);
      else if (node.mode === "race" || (node.mode === "all" && outcome.type === "error"))
        decide(outcome, "decided");
      else results[index] = outcome.type === "value" ? outcome.value : outcome.error;
      goOn();
    };
    const goOn = () => {
      if (isStarting) return;
      isStarting = true;
      while (decided === undefined && running.size < node.concurrency && started < node.branches.length) {
        const index = started++;
        let isSettled = false;
        const wait = this.startBranch(node.branches[index]!, `${path}.${index}`, task.cleanup, (outcome) => {
          isSettled = true;
          onEnd(index, outcome);
        });
        if (!isSettled) running.set(index, wait);
      }
      isStarting = false;
      if (running.size > 0 || isOver) return;
      isOver = true;
      if (decided === undefined) settle({ type: "value", value: results });
      else settle(decided.type === "error" ? decided : (cleanupError ?? decided));
    };
    goOn();
    return {
      cancel: (reason) => {
        if (decided === undefined) decide({ type: "cancelled", reason }, reason);
        else decided = { type: "cancelled", reason };
      },
    };
  }

  private startBranch(node: Node, path: string, cleanup: Task["cleanup"], settle: Settle): Wait {
    if (node.do !== "ask") {
      const task = this.spawn(path, cleanup, node, (outcome) =>
        settle(outcome.type === "value" ? { type: "value", value: "generator" } : outcome),
      );
      return { cancel: (reason) => this.cancelTask(task, reason) };
    }
    if (isExhausted(cleanup)) {
      settle({ type: "error", error: "CleanupTooLong" });
      return { cancel: () => {} };
    }
    let wait: Wait | undefined;
    let isCancelled = false;
    this.queue.push(() => {
      if (!isCancelled) wait = this.startAsk(node, path, 1, settle);
    });
    return {
      cancel: (reason) => {
        if (wait !== undefined) {
          wait.cancel(reason);
          return;
        }
        isCancelled = true;
        settle({ type: "cancelled", reason });
      },
    };
  }
}

function isExhausted(cleanup: Task["cleanup"]): boolean {
  return cleanup !== undefined && ++cleanup.steps > MAX_CLEANUP_STEPS;
}

function below(path: string, ordinal: number): string {
  return path === "" ? `${ordinal}` : `${path}/${ordinal}`;
}

/** A call that failed keeps the cause of the innermost one. */
function innermost(error: string): string {
  return /^CallFailed\((.*)\)$/.exec(error)?.[1] ?? error;
}
