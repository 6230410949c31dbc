import { expect, it } from "vitest";
import type { News } from "../../src/instances/news.ts";
import { createWired, newPlace, writeProgram } from "../effects/wired.ts";

it("wakes those who wait for a run when the clock ends its sleep, not at their next look", async () => {
  const place = newPlace();
  writeProgram(place, "sleeper", `yield* sleep("1s"); return yield* instruct("Awake?");`);
  const wired = createWired(place);
  try {
    const { instance_id: instanceId, state } = await wired.shell.start({ program: "sleeper" });
    expect(state).toBe("waiting");
    const { news } = wired.shell as unknown as { news: News };
    const soonerThanThisTestEnds = news.listen(instanceId);
    await soonerThanThisTestEnds(600_000);
    expect(await wired.shell.current({ instanceId })).toMatchObject({ state: "awaiting_result" });
  } finally {
    await wired.dispose();
  }
}, 20_000);
