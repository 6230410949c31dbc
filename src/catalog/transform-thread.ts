/** Entry of the thread that compiles: sources in, compiled code or what is wrong with them out. */

import { parentPort } from "node:worker_threads";
import { SyntaxProblem } from "./syntax.ts";
import type { TransformAnswer, TransformOrder } from "./transform-aside.ts";
import { transform } from "./transformer.ts";

const port = parentPort!;

port.on("message", ({ id, source, dialect }: TransformOrder) =>
  port.postMessage(answer(id, source, dialect)),
);

function answer(id: number, source: string, dialect: TransformOrder["dialect"]): TransformAnswer {
  try {
    return { id, compiled: transform(source, dialect) };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) return { id, failure: (error as Error).stack ?? String(error) };
    const { message, line, column } = error;
    return { id, problem: { message, line, column } };
  }
}
