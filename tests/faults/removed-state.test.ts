/** The state folder removed from outside while a run is under way: the server says so, and goes on serving. */

import { existsSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { checkEnd } from "./account.ts";
import { expectClear } from "./failing-disk.ts";
import { Journey, RESULT, writeJourney } from "./journey.ts";

describe("a state folder that is removed in mid-run", () => {
  let sandbox: Sandbox;
  let server: ServerProcess;
  beforeAll(async () => {
    sandbox = createSandbox();
    writeJourney(sandbox);
    server = await startServer(sandbox);
  });
  afterAll(async () => {
    expect(await server.close(), server.stderr).toEqual({ code: 0, signal: null });
    sandbox.remove();
  });

  class Told extends Error {}

  it.each([1, 2, 3, 4, 5, 6])("after %i answers ends that run with a word, and no other", async (answers) => {
    const lost = new Journey({
      sandbox,
      name: `lost${answers}`,
      onAcknowledged(count) {
        if (count === answers) rmSync(sandbox.stateDir, { recursive: true, force: true, maxRetries: 5 });
      },
      onRefusal(refusal) {
        expectClear(refusal, ["UnknownInstance"], /no instance|was removed/);
        throw new Told();
      },
    });
    await expect(lost.drive(server)).rejects.toThrow(Told);
    expect(lost.acknowledged).toHaveLength(answers);
    expect(existsSync(sandbox.stateDir), "nothing makes it again but a start").toBe(false);
    expect(await server.call("sequencer_list", { filter: "all" })).toMatchObject({ instances: [], total: 0 });
    const { programs } = await server.call("sequencer_list_programs", {});
    expect(programs.map(({ name }: { name: string }) => name)).toContain("journey");

    const next = new Journey({ sandbox, name: `next${answers}` });
    const result = await next.drive(server);
    expect(result).toMatchObject(RESULT);
    await checkEnd(sandbox.stateDir, next, result.by);
  });
});
