/**
 * Compiled, never run: `tsc --noEmit` proves what an author's editor shows. Each `@ts-expect-error` fails the
 * compilation if the line below it stops being an error.
 */

import { Abort, type Context, defineProgram, Instruction, instruct, StepFailed } from "agent-sequencer";
import { z } from "zod";

/** Compiles only if the two types are the same, `any` told apart from everything. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_proof: Same<A, B>): void {}

export async function* typedByItsReplySchema() {
  const greeting = yield* instruct("Greet.", { reply: z.object({ message: z.string() }) });
  same<typeof greeting, { message: string }>(true);
  // @ts-expect-error the reply has no such field
  greeting.mesage;

  const count = yield* instruct("Count.", { reply: z.int() });
  same<typeof count, number>(true);

  const list = yield* instruct("List.", {
    reply: z.array(z.object({ path: z.string(), done: z.boolean() })),
  });
  same<typeof list, { path: string; done: boolean }[]>(true);
}

export async function* typedByTheOutputOfTheSchema() {
  const withDefault = yield* instruct("Ask.", { reply: z.object({ depth: z.int().default(1) }) });
  same<typeof withDefault, { depth: number }>(true);

  const transformed = yield* instruct("Ask.", { reply: z.string().transform((text) => text.length) });
  same<typeof transformed, number>(true);

  const optional = yield* instruct("Ask.", { reply: z.object({ note: z.string().optional() }) });
  same<typeof optional, { note?: string | undefined }>(true);

  const either = yield* instruct("Ask.", {
    reply: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("yes") }),
      z.object({ kind: z.literal("no"), why: z.string() }),
    ]),
  });
  if (either.kind === "no") same<typeof either.why, string>(true);
  // @ts-expect-error only a "no" says why
  else either.why;
}

export async function* unknownWithoutATypedSchema() {
  const plain = yield* instruct("Ask.", { reply: { type: "object", properties: { a: { type: "string" } } } });
  same<typeof plain, unknown>(true);
  // @ts-expect-error a plain JSON Schema gives no type
  plain.a;

  const none = yield* instruct("Ask.");
  same<typeof none, unknown>(true);

  const noReply = yield* instruct("Ask.", { maxAttempts: 2, onInvalid: "abort", timeout: "10m" });
  same<typeof noReply, unknown>(true);
}

export async function* optionsAreChecked() {
  // @ts-expect-error no such option
  yield* instruct("Ask.", { repyl: z.string() });
  // @ts-expect-error neither "retry" nor "abort"
  yield* instruct("Ask.", { onInvalid: "ignore" });
  // @ts-expect-error a count
  yield* instruct("Ask.", { maxAttempts: "5" });
  // @ts-expect-error an instruction needs its text
  yield* instruct({ reply: z.string() });
}

export const program = defineProgram({
  name: "typed",
  description: "Types of params and of the context.",
  params: z.object({ names: z.array(z.string()).default(["world"]), depth: z.int().optional() }),
  async *run({ params, progress, instance }) {
    same<typeof params, { names: string[]; depth?: number | undefined }>(true);
    progress(1, 2);
    progress(1, 2, "label");
    // @ts-expect-error a label is a text
    progress(1, 2, 3);
    same<typeof instance.startedAt, Date>(true);
    // @ts-expect-error params are not to be changed as a whole
    instance.id = "other";
    if (params.names.length === 0) throw new Abort("nobody to greet");
    const { message } = yield* instruct("Greet.", { reply: z.object({ message: z.string() }) });
    return { message };
  },
});

export const withoutParams = defineProgram({
  name: "bare",
  description: "No params declared.",
  async *run({ params }) {
    same<typeof params, unknown>(true);
    return yield* instruct("Go on.");
  },
});

export const withJsonSchema = defineProgram({
  name: "plain",
  description: "Params by a plain JSON Schema.",
  params: { type: "object", properties: { depth: { type: "integer" } } },
  async *run({ params }) {
    // @ts-expect-error a plain JSON Schema gives no type
    params.depth;
    return null;
  },
});

export const synchronous = defineProgram({
  name: "synchronous",
  description: "A sync generator is accepted.",
  *run() {
    const count = yield* instruct("Count.", { reply: z.int() });
    same<typeof count, number>(true);
    return count;
  },
});

export const yieldedWithoutAStar = defineProgram({
  name: "plain-yield",
  description: "A step yielded as a value gives back something untyped.",
  async *run() {
    const untyped = yield new Instruction("Ask.", { reply: z.object({ a: z.string() }) });
    same<typeof untyped, any>(true);
    return null;
  },
});

export const notAGenerator = defineProgram({
  name: "not-a-generator",
  description: "A plain function is refused.",
  // @ts-expect-error run must be a generator method
  run() {
    return 1;
  },
});

export function* branch(context: Context<{ path: string }>) {
  try {
    return yield* instruct(`Read ${context.params.path}.`, { reply: z.string() });
  } catch (error) {
    if (error instanceof StepFailed && error.code === "agent_failure") return error.reason;
    // @ts-expect-error no such code
    if (error instanceof StepFailed && error.code === "agent_failed") return "";
    throw error;
  }
}

export async function* typedThroughABranch(context: Context<{ path: string }>) {
  const text = yield* branch(context);
  same<typeof text, string>(true);
}
