/**
 * This process's own lease: the file `<state>/owners/<id>` by which others know that it is alive.
 *
 * L1. The lease is durable, and fresh, before anything names it.
 * L2. A lease that is not there any more is lost for good: somebody has declared its owner dead. What ran
 *     under it is told so, and the next effect gets a lease with another id.
 * L3. A beat writes the same bytes again, so that the time of the file is that of the file system.
 */

import { constants } from "node:fs";
import { access, mkdir, open, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ulid } from "ulid";
import { SequencerError } from "../../errors.ts";
import { ownIdentity } from "./process-identity.ts";

export const BEAT_MS = 5_000;
/** A lease that was written so lately is fresh. */
const FRESH_MS = 1_000;

export interface LeaseOptions {
  /** `<state>/owners` */
  readonly folder: string;
  readonly id?: string;
  readonly beatMs?: number;
  /** Somebody has taken the lease away. */
  readonly onLost: (id: string) => void;
}

export class Lease {
  private readonly options: LeaseOptions;
  private currentId: string;
  /** Of the file; `undefined`: there is none. */
  private content: Buffer | undefined;
  private taking: Promise<string> | undefined;
  private readonly wanted = new Set<unknown>();
  private beating: NodeJS.Timeout | undefined;
  /** By the monotonic clock. */
  private writtenMs = Number.NEGATIVE_INFINITY;

  constructor(options: LeaseOptions) {
    this.options = options;
    this.currentId = options.id ?? ulid();
  }

  get id(): string {
    return this.currentId;
  }

  /** The id to name in the log. @throws SequencerError `StateDirUnusable` */
  hold(): Promise<string> {
    this.taking ??= this.take().finally(() => {
      this.taking = undefined;
    });
    return this.taking;
  }

  /** Beats while somebody has something running under the lease. */
  keepAlive(who: unknown, wanted: boolean): void {
    if (wanted) this.wanted.add(who);
    else this.wanted.delete(who);
    if (this.wanted.size === 0) {
      clearInterval(this.beating);
      this.beating = undefined;
      return;
    }
    this.beating ??= setInterval(() => {
      // A full disk or the like: the next beat may succeed, and there are several before others give us up.
      this.beat().catch(() => {});
    }, this.options.beatMs ?? BEAT_MS).unref();
  }

  async release(): Promise<void> {
    this.wanted.clear();
    clearInterval(this.beating);
    this.beating = undefined;
    await this.taking?.catch(() => {});
    if (this.content === undefined) return;
    this.content = undefined;
    await unlink(this.path).catch(() => {});
  }

  private get path(): string {
    return join(this.options.folder, this.currentId);
  }

  private async take(): Promise<string> {
    try {
      const isFresh = performance.now() - this.writtenMs < FRESH_MS;
      if (this.content !== undefined && (isFresh || (await this.beat()))) return this.currentId;
      await this.create();
      return this.currentId;
    } catch (error) {
      throw new SequencerError(
        "StateDirUnusable",
        `The lease ${this.path} cannot be written, so no side effect can be started: ${(error as Error).message}.`,
        undefined,
        { cause: error },
      );
    }
  }

  private async create(): Promise<void> {
    const { folder } = this.options;
    const content = Buffer.from(`${JSON.stringify(await ownIdentity())}\n`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(this.path, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
      for (const each of [folder, dirname(folder)]) await syncFolder(each);
    } catch (error) {
      // Nothing names it yet; the next try must find the place free.
      await unlink(this.path).catch(() => {});
      throw error;
    } finally {
      await file.close();
    }
    this.content = content;
    this.writtenMs = performance.now();
  }

  /** False if the lease is lost. */
  private async beat(): Promise<boolean> {
    const { content, path } = this;
    if (content === undefined) return false;
    try {
      // A link that stands there instead is not written through.
      const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
      await file.write(content, 0, content.length, 0).finally(() => file.close());
      // Removed while it was open: what was written went nowhere.
      await access(path);
      this.writtenMs = performance.now();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      if (this.content === content) this.lose();
      return false;
    }
  }

  private lose(): void {
    const lost = this.currentId;
    this.content = undefined;
    this.currentId = ulid();
    this.options.onLost(lost);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle
    .sync()
    .catch(() => {})
    .finally(() => handle.close());
}
