/** Starts the loop, and hands in replies. */

import { defineEventHandler } from "nitro/h3";
import { resumeHook, start } from "workflow/api";
import { loop } from "../../workflows/loop";

export default defineEventHandler(async ({ req }) => {
  const { run, steps, reply } = await req.json();
  if (steps) await start(loop, [run, steps]);
  else await resumeHook(run, reply);
  return {};
});
