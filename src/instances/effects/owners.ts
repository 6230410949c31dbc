/**
 * The owners of effects, as others see them: alive, or dead for good.
 *
 * O1. An owner without a lease is dead. Whoever finds one dead removes its lease first, so that all agree,
 *     and so that an owner that was only thought dead learns it at its next beat.
 * O2. On the same boot and in the same pid namespace the process itself tells. Elsewhere the beats do: they
 *     are counted by this process's own monotonic clock, so that no jump of a clock and no sleeping machine
 *     makes an owner look dead.
 */

import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import { SequencerError } from "../../errors.ts";
import { isRunning, type ProcessIdentity } from "./process-identity.ts";

/** Without a beat for this long, an owner is dead. */
export const STALE_MS = 30_000;
/** A beat that was already this old when it was first seen need only be watched for so long. */
const WATCH_OLD_MS = 12_000;
/** Leases that nobody can judge are removed after this long. */
const FORGOTTEN_MS = 7 * 24 * 3_600_000;

const PROBE = ".now-";
const OWNER_ID = /^[0-9A-Z]{26}$/;

interface Sighting {
  readonly beatAtMs: number;
  /** By the monotonic clock. */
  readonly sinceMs: number;
}

export class Owners {
  private readonly folder: string;
  private readonly monotonicMs: () => number;
  private readonly sightings = new Map<string, Sighting>();

  constructor(folder: string, monotonicMs: () => number = () => performance.now()) {
    this.folder = folder;
    this.monotonicMs = monotonicMs;
  }

  /** An owner that cannot be judged yet counts as alive: look again later. */
  async isAlive(owner: string): Promise<boolean> {
    if (!OWNER_ID.test(owner)) return false;
    const lease = await this.read(owner);
    if (lease === undefined) {
      this.sightings.delete(owner);
      return false;
    }
    const running = lease.identity === undefined ? undefined : await isRunning(lease.identity);
    if (running ?? (await this.beats(owner, lease.beatAtMs))) return true;
    await this.bury(owner);
    return false;
  }

  /** Removes the leases of the dead, as far as that can be told at once. */
  async cleanUp(): Promise<void> {
    const now = await this.fileSystemTime();
    for (const owner of await readdir(this.folder)) {
      // Of somebody who was killed while asking for the time; whoever is asking now does not need the name.
      if (owner.startsWith(PROBE)) await rm(join(this.folder, owner), { force: true });
      if (!OWNER_ID.test(owner)) continue;
      const lease = await this.read(owner);
      if (lease === undefined) continue;
      const running = lease.identity === undefined ? undefined : await isRunning(lease.identity);
      const forgotten = now - lease.beatAtMs > FORGOTTEN_MS;
      if (running === false || (running === undefined && forgotten)) await this.bury(owner);
    }
  }

  private async beats(owner: string, beatAtMs: number): Promise<boolean> {
    const now = this.monotonicMs();
    const seen = this.sightings.get(owner);
    if (seen === undefined || seen.beatAtMs !== beatAtMs) {
      this.sightings.set(owner, { beatAtMs, sinceMs: now });
      return true;
    }
    const quietMs = now - seen.sinceMs;
    if (quietMs >= STALE_MS) return false;
    return quietMs < WATCH_OLD_MS || (await this.fileSystemTime()) - beatAtMs < STALE_MS;
  }

  /** `undefined`: there is none. */
  private async read(owner: string): Promise<{ identity?: ProcessIdentity; beatAtMs: number } | undefined> {
    const path = join(this.folder, owner);
    try {
      // Opened, not only looked at: what a network file system remembers of a file is then asked anew. A pipe
      // that stands there instead is not waited for.
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const { mtimeMs: beatAtMs } = await file.stat();
        return { identity: parseIdentity(await file.readFile("utf8")), beatAtMs };
      } finally {
        await file.close();
      }
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
      throw new SequencerError(
        "StateDirUnusable",
        `The lease ${path} cannot be read: ${(error as Error).message}.`,
        undefined,
        { cause: error },
      );
    }
  }

  private async bury(owner: string): Promise<void> {
    this.sightings.delete(owner);
    await unlink(join(this.folder, owner)).catch(() => {});
  }

  /** What the file system takes for now. */
  private async fileSystemTime(): Promise<number> {
    const path = join(this.folder, `${PROBE}${randomUUID()}`);
    const probe = await open(path, "wx", 0o600);
    try {
      return (await probe.stat()).mtimeMs;
    } finally {
      await rm(path, { force: true });
      await probe.close();
    }
  }
}

/** `undefined`: its owner died before it had written it, and so before anything named it. */
function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    return (JSON.parse(text) as ProcessIdentity | null) ?? undefined;
  } catch {
    return undefined;
  }
}
