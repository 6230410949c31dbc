/**
 * Notices that programs may have changed. chokidar is loaded with the first `update`.
 *
 * N1. It says that something changed, never what: whoever listens looks at the disk. So an event too many
 *     costs a look, and what was missed in a moment of changing watches is made up for by one more look.
 * N2. Changes that come close together are told once, when they have come to rest.
 * N3. Where the system refuses to watch (no watches left, too many open files), the files are looked at
 *     every half second instead. A watch that does not work at all is reported and ends nothing.
 */

import { basename, join } from "node:path";
import type { ChokidarOptions, FSWatcher } from "chokidar";
import { systemErrorCode } from "./problem.ts";
import { planOf, type Watched, type WatchPlan } from "./watch-plan.ts";

export interface ProgramWatch {
  /** Watches this from now on, instead of what was watched before; resolves when it does. */
  update(watched: Watched): Promise<void>;
  close(): Promise<void>;
}

type Open = (paths: string[], options: ChokidarOptions) => FSWatcher;

export interface WatchOptions {
  readonly onChange: () => void;
  readonly report: (line: string) => void;
  /** Default: chokidar. */
  readonly load?: () => Promise<{ readonly watch: Open }>;
}

/** Quiet for so long: an editor has finished saving. */
const REST_MS = 80;
/** Changes that never come to rest are told all the same. */
const MAX_DELAY_MS = 400;
const POLL_MS = 500;
/** A folder that cannot be read never becomes ready. */
const READY_MS = 2_000;

const NO_WATCHES_LEFT = new Set(["ENOSPC", "EMFILE", "ENFILE"]);

export function watchPrograms(options: WatchOptions): ProgramWatch {
  return new Watch(options);
}

class Watch implements ProgramWatch {
  private readonly options: WatchOptions;
  private plan: WatchPlan | undefined;
  private watcher: FSWatcher | undefined;
  private polling = false;
  private closed = false;
  private updating: Promise<void> = Promise.resolve();
  private resting: NodeJS.Timeout | undefined;
  private firstUntold = 0;
  private readonly reported = new Set<string>();

  constructor(options: WatchOptions) {
    this.options = options;
  }

  update(watched: Watched): Promise<void> {
    this.updating = this.updating
      .then(() => this.follow(planOf(watched)))
      .catch((error) => this.complain(error));
    return this.updating;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.resting);
    await this.updating;
    await this.watcher?.close();
  }

  private async follow(plan: WatchPlan): Promise<void> {
    const isSame = plan.key === this.plan?.key;
    this.plan = plan;
    if (isSame || this.closed) return;
    await this.reopen();
  }

  /** The new watch stands before the old one goes. */
  private async reopen(): Promise<void> {
    const before = this.watcher;
    try {
      this.watcher = await this.open();
    } catch (error) {
      this.complain(error);
    }
    if (this.watcher !== before) await before?.close();
    if (this.closed) await this.watcher?.close();
    else this.changed();
  }

  private async open(): Promise<FSWatcher> {
    const { load = () => import("chokidar") } = this.options;
    const { watch } = await load();
    const watcher = watch([...this.plan!.folders], {
      persistent: false,
      depth: 0,
      ignoreInitial: true,
      ignorePermissionErrors: true,
      ignored: (path) => !this.plan!.matters(path),
      usePolling: this.polling,
      interval: POLL_MS,
      binaryInterval: POLL_MS,
    });
    watcher.on("all", (_, path) => this.noticed(path));
    watcher.on("raw", (_, name, details) => {
      for (const path of pathsOf(name, details)) this.noticed(path);
    });
    const isNative = !this.polling;
    watcher.on("error", (error) => {
      if (isNative && NO_WATCHES_LEFT.has(systemErrorCode(error))) this.poll(watcher, systemErrorCode(error));
      else this.complain(error);
    });
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, READY_MS).unref();
      watcher.once("ready", () => {
        clearTimeout(late);
        resolve();
      });
    });
    return watcher;
  }

  private noticed(path: string): void {
    if (this.plan!.matters(path)) this.changed();
  }

  private changed(): void {
    if (this.closed) return;
    const now = performance.now();
    if (this.resting === undefined) this.firstUntold = now;
    clearTimeout(this.resting);
    const delay = Math.max(0, Math.min(REST_MS, this.firstUntold + MAX_DELAY_MS - now));
    this.resting = setTimeout(() => {
      this.resting = undefined;
      this.options.onChange();
    }, delay).unref();
  }

  private poll(refused: FSWatcher, code: string): void {
    if (this.closed || this.polling) return;
    this.polling = true;
    this.options.report(
      `the system has no watches left (${code}); programs are looked at every ${POLL_MS} ms instead`,
    );
    this.updating = this.updating.then(async () => {
      await this.reopen();
      await refused.close();
    });
  }

  private complain(error: unknown): void {
    if (this.closed) return;
    const message = error instanceof Error ? error.message : String(error);
    if (this.reported.has(message)) return;
    this.reported.add(message);
    this.options.report(`watching programs: ${message}`);
  }
}

/** The event of a watched folder names one of its entries, that of a watched file the file itself. */
function pathsOf(name: string | null | undefined, details: unknown): string[] {
  const watched = (details as { watchedPath?: string } | undefined)?.watchedPath;
  if (watched === undefined) return name == null ? [] : [name];
  if (name == null) return [watched];
  // Also what a folder tells when it is itself removed.
  const itself = name === basename(watched) ? [watched] : [];
  return [...itself, join(watched, name)];
}
