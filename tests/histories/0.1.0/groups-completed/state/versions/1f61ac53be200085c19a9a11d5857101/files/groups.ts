import { all, allSettled, defineProgram, instruct, race, StepFailed, sleep } from "agent-sequencer";
import { z } from "zod";

const Word = z.object({ word: z.string() });

/** Everything that runs several things at once, within each other. */
export default defineProgram({
  name: "groups",
  description: "Several things at once: all, allSettled, race, with a limit of how many.",
  params: z.object({ topics: z.array(z.string()).default(["α", "β", "γ"]) }),

  async *run({ params }) {
    const three = yield* all(params.topics.map((topic) => twice(topic)));
    const settled = yield* allSettled(
      params.topics.map((topic) => instruct(`Try ${topic}.`, { reply: Word, maxAttempts: 1 })),
      { concurrency: 2 },
    );
    const first = yield* race([instruct("Be quick.", { reply: Word }), cleaningUp(), sleep("30000d")]);
    let late = "in time";
    try {
      yield* instruct("Too late for this one.", { timeout: "1ms" });
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      late = error.code;
    }
    const states = settled.map((each) =>
      each.status === "fulfilled" ? each.value.word : codeOf(each.reason),
    );
    return { three, states, first, late };
  },
});

function codeOf(reason: unknown): string {
  return reason instanceof StepFailed ? reason.code : String(reason);
}

async function* twice(topic: string) {
  const { word } = yield* instruct(`Name ${topic}.`, { reply: Word });
  const inner = yield* all([
    instruct(`Say more of ${word}.`, { reply: Word }),
    instruct(`Say less of ${word}.`, { reply: Word }),
  ]);
  return [word, ...inner.map((each) => each.word)];
}

async function* cleaningUp() {
  try {
    return yield* instruct("Nobody answers this.", { reply: Word });
  } finally {
    yield* instruct("Clean up.", { reply: Word });
  }
}
