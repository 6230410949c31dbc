/** The loop as a DBOS workflow that receives messages. */

import { DBOS } from "@dbos-inc/dbos-sdk";
import { announce, instruction, listen } from "./channel.mjs";

const A_DAY = 86_400;

const loop = DBOS.registerWorkflow(
  async (steps) => {
    const run = DBOS.workflowID;
    let characters = 0;
    for (let step = 1; step <= steps; step += 1) {
      await DBOS.runStep(async () => announce({ run, step, text: instruction(step) }), { name: "ask" });
      const { text } = await DBOS.recv("reply", A_DAY);
      characters += text.length;
    }
    announce({ run, step: steps + 1 });
    return { characters };
  },
  { name: "loop" },
);

DBOS.setConfig({ name: "bench", systemDatabaseUrl: process.env.DATABASE_URL, logLevel: "warn" });
await DBOS.launch();

listen(async ({ run, steps, reply }) => {
  if (steps) await DBOS.startWorkflow(loop, { workflowID: run })(steps);
  else await DBOS.send(run, reply, "reply");
});
