import { all, defineProgram, instruct } from "agent-sequencer";

/** All that is otherwise different each time. */
export default defineProgram({
  name: "chance",
  description: "Uses chance and the clock in every branch.",

  async *run({ instance }) {
    const seen: unknown[] = [drawn(), instance.startedAt.toISOString(), new Date().toISOString()];
    for (let step = 1; step <= 2; step++) {
      yield* instruct(`Step ${step}: ${JSON.stringify(drawn())}`);
      seen.push(drawn(), Date.now() >= instance.startedAt.getTime());
    }
    const branches = yield* all([1, 2].map((branch) => drawing(branch)));
    return { seen, branches, last: drawn() };
  },
});

async function* drawing(branch: number) {
  const before = drawn();
  yield* instruct(`Branch ${branch}: ${JSON.stringify(drawn())}`);
  return [before, drawn()];
}

function drawn(): unknown[] {
  return [Math.random(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(4))]];
}
