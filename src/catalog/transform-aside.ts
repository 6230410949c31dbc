/**
 * Compiles in a thread of its own, which ends when nothing has been compiled for a moment: a server keeps neither
 * the transformer's memory, and however large a source is, it goes on answering.
 *
 * A1. The thread is there while something is compiled, and keeps the process alive only then.
 * A2. If it ends by itself, what it was at fails, and the next source gets a new one.
 */

import { Worker } from "node:worker_threads";
import type { Compiled, Dialect, Transform } from "./compiled-code.ts";
import { SyntaxProblem } from "./syntax.ts";

export interface TransformOrder {
  readonly id: number;
  readonly source: string;
  readonly dialect: Dialect;
}

export type TransformAnswer = { readonly id: number } & (
  | { readonly compiled: Compiled }
  | { readonly problem: { readonly message: string; readonly line?: number; readonly column?: number } }
  /** A defect of the transformer: its stack. */
  | { readonly failure: string }
);

interface Job {
  readonly resolve: (compiled: Compiled) => void;
  readonly reject: (error: Error) => void;
}

/** The sources of one program come one after the other. */
const IDLE_MS = 1_000;

/** @param entry of the thread: `dist/transform.js` */
export function transformAside(entry: URL): Transform {
  const jobs = new Map<number, Job>();
  let worker: Worker | undefined;
  let nextId = 1;
  let idle: NodeJS.Timeout | undefined;

  function begin(): Worker {
    // What a package prints while it is compiled must never reach the transport.
    const begun = new Worker(entry, { stdout: true, stderr: true });
    begun.on("message", finish);
    begun.on("error", (error) => lost(begun, error));
    begun.on("exit", (code) => lost(begun, new Error(`the compiling thread ended (exit code ${code})`)));
    return begun;
  }

  function finish(answer: TransformAnswer): void {
    const job = jobs.get(answer.id)!;
    jobs.delete(answer.id);
    if ("compiled" in answer) job.resolve(answer.compiled);
    else if ("failure" in answer) job.reject(new Error(answer.failure));
    else job.reject(new SyntaxProblem(answer.problem.message, answer.problem.line, answer.problem.column));
    if (jobs.size > 0) return;
    worker?.unref();
    idle = setTimeout(end, IDLE_MS).unref();
  }

  function end(): void {
    const idling = worker;
    worker = undefined;
    void idling?.terminate();
  }

  function lost(ended: Worker, error: Error): void {
    if (ended !== worker) return;
    worker = undefined;
    for (const { reject } of jobs.values()) reject(error);
    jobs.clear();
  }

  return (source, dialect) =>
    new Promise((resolve, reject) => {
      clearTimeout(idle);
      const id = nextId++;
      jobs.set(id, { resolve, reject });
      worker ??= begin();
      worker.ref();
      worker.postMessage({ id, source, dialect } satisfies TransformOrder);
    });
}
