/** The loop as a workflow of Vercel's Workflow SDK that waits for a hook. */

import { createHook } from "workflow";

export async function loop(run: string, steps: number) {
  "use workflow";
  using hook = createHook<{ text: string }>({ token: run });
  let characters = 0;
  for (let step = 1; step <= steps; step += 1) {
    await ask(run, step);
    const { text } = await hook;
    characters += text.length;
  }
  await ask(run, steps + 1);
  return { characters };
}

async function ask(run: string, step: number) {
  "use step";
  const { announce, instruction } = await import("../channel.mjs");
  announce({ run, step, text: instruction(step) });
}
