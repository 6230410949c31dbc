/**
 * A real file system of a few megabytes that is full but for a few pages: what the system itself does then,
 * short writes without an error among it. Where nobody may mount one (macOS, an ordinary user), it is skipped.
 */

import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { checkEffects, checkEnd } from "./account.ts";
import { expectClear } from "./failing-disk.ts";
import { Journey, RESULT, writeJourney } from "./journey.ts";

const PAGE = 4096;
/** With so many free, nothing fails any more. */
const MOST_FREE = 18;
const STEP = 2;

const canMount = ((): boolean => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const { folder, remove } = createSandbox();
  try {
    mount(folder);
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    remove();
  }
})();

function mount(folder: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", folder], { stdio: "pipe" });
}

function unmount(folder: string): void {
  execFileSync("umount", [folder], { stdio: "pipe" });
}

describe.skipIf(!canMount)("a real disk without room (where a tmpfs can be mounted)", () => {
  let sandbox: Sandbox;
  let server: ServerProcess;
  beforeAll(async () => {
    sandbox = createSandbox();
    mkdirSync(sandbox.stateDir);
    mount(sandbox.stateDir);
    server = await startServer(sandbox);
  });
  afterAll(async () => {
    try {
      expect(await server.close(), server.stderr).toEqual({ code: 0, signal: null });
    } finally {
      unmount(sandbox.stateDir);
      sandbox.remove();
    }
  });

  it("is told clearly, loses nothing, and is forgotten once there is room", async () => {
    let refused = 0;
    for (let free = 0; free <= MOST_FREE; free += STEP) {
      const filler = join(sandbox.stateDir, "filler");
      const name = `free${free}`;
      writeJourney(sandbox, "journey", name);
      const journey = new Journey({
        sandbox,
        name,
        onRefusal(refusal) {
          expectClear(
            refusal,
            ["OutcomeUnknown", "StateDirUnusable", "StorageFailed"],
            /ENOSPC|SHORT|no space/,
          );
          refused++;
          rmSync(filler, { force: true });
        },
      });
      fillUp(filler, free);
      const result = await journey.drive(server);
      expect(result).toMatchObject(RESULT);
      const events = await checkEnd(sandbox.stateDir, journey, result.by);
      checkEffects(events, journey.effects(), []);
      rmSync(filler, { force: true });
    }
    expect(refused, "times that it was told").toBeGreaterThan(MOST_FREE / STEP / 2);
  });

  function fillUp(filler: string, freePages: number): void {
    const page = Buffer.alloc(PAGE);
    const fd = openSync(filler, "w");
    let size = 0;
    try {
      for (;;) size += writeSync(fd, page);
    } catch {
      ftruncateSync(fd, Math.max(0, size - freePages * PAGE));
    } finally {
      closeSync(fd);
    }
  }
});
