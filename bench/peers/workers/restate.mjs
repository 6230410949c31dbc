/** The loop as a Restate workflow that waits for awakeables. */

import { createServer } from "node:http2";
import * as restate from "@restatedev/restate-sdk";
import { announce, instruction, listen } from "./channel.mjs";

// The SDK is made for Node 22; on 20 this is all that it lacks.
Promise.withResolvers ??= () => {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};

const loop = restate.workflow({
  name: "loop",
  handlers: {
    run: async (ctx, { steps }) => {
      const run = ctx.key;
      let characters = 0;
      for (let step = 1; step <= steps; step += 1) {
        const { id, promise } = ctx.awakeable();
        await ctx.run("ask", () => announce({ run, step, id, text: instruction(step) }));
        const { text } = await promise;
        characters += text.length;
      }
      await ctx.run("done", () => announce({ run, step: steps + 1 }));
      return { characters };
    },
  },
});

const server = createServer(restate.createEndpointHandler({ services: [loop] }));
server.listen(Number(process.env.PORT), "127.0.0.1", () => listen(async () => {}));
