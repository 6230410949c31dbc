/**
 * Side effects and commands: who carries them out, and what becomes of them when somebody dies.
 *
 * E1. `effect_started` names this process's lease, wins its place in the log and is durable before anything
 *     runs. Whoever it names is the owner; everybody else waits, or takes over once the owner is dead.
 * E2. A result counts only while the log still names the owner and the attempt that it is of.
 * E3. What runs for a step that is no longer pending is ended before anything else of the instance starts,
 *     and before the turn is answered.
 * E4. A run that was interrupted (its owner died, its worker or its guard ended) is run again under the next
 *     attempt, or fails as `interrupted`, as the step says. Leftovers of the earlier attempt go first.
 */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { StepIssued } from "../../engine/event.ts";
import type { PendingStep, State } from "../../engine/state.ts";
import type { ProgramHost } from "../../host/program-host.ts";
import type { LogStore } from "../../log/event-log.ts";
import type { Clock } from "../clock.ts";
import type { Instance } from "../instance.ts";
import { foldLog } from "../listing.ts";
import { Attention } from "./attention.ts";
import { type Claim, Claims } from "./claims.ts";
import { type CommandOrder, endLeftovers, runCommand } from "./command-run.ts";
import { runEffect } from "./effect-run.ts";
import { Lease } from "./lease.ts";
import { Moves } from "./moves.ts";
import { Owners } from "./owners.ts";

/** How often it is looked whether the owners of others' effects still live. */
const OWNERS_EVERY_MS = 1_000;
/** A claim that was not launched by then was forgotten: its turn failed. */
const LAUNCH_WITHIN_MS = 1_000;

export interface EffectsOptions {
  readonly host: ProgramHost;
  readonly store: LogStore;
  /** Absolute. */
  readonly stateDir: string;
  readonly clock: Clock;
  /** `dist/guard.js` */
  readonly guardEntry: URL;
  /** One turn of the instance that ends in `proceed`; refused for a stalled one with `ProgramStalled`. */
  readonly tend: (id: string) => Promise<unknown>;
  /** Names this process; by default a new ULID. */
  readonly ownerId?: string;
  readonly pollMs?: number;
  readonly beatMs?: number;
}

export class Effects {
  private readonly options: EffectsOptions;
  private readonly claims = new Claims();
  /** Owners of what others do, by the instance that waits for it. */
  private readonly foreign = new Map<string, { readonly owners: Set<string>; seenMs: number }>();
  /** Also for what else `effect_started` says that this process is at. */
  readonly lease: Lease;
  readonly owners: Owners;
  private readonly attention: Attention;
  private readonly moves: Moves;
  private disposed = false;

  constructor(options: EffectsOptions) {
    this.options = options;
    const folder = join(options.stateDir, "owners");
    this.lease = new Lease({
      folder,
      id: options.ownerId,
      beatMs: options.beatMs,
      onLost: (id) => this.interrupt(this.claims.all().filter(({ owner }) => owner === id)),
    });
    this.owners = new Owners(folder);
    this.moves = new Moves({
      claims: this.claims,
      lease: this.lease,
      owners: this.owners,
      endLeftovers: (instance, issued) => endLeftovers(options.guardEntry, this.orderOf(instance, issued)),
    });
    this.attention = new Attention({
      tend: options.tend,
      ids: () => [...this.claims.instances(), ...this.foreign.keys()],
      isDue: (id) => this.isDue(id),
      lengthOf: (id) => this.lengthOf(id),
      followStalled: (id) => this.followStalled(id),
      abandon: (id) => this.abandon(id),
      isAtWork: () => !this.claims.isEmpty,
      pollMs: options.pollMs,
    });
  }

  /** True while this process is at something for the instance: it stays in memory. */
  busy(id: string): boolean {
    return this.claims.has(id);
  }

  /** Everything at once, at the end of a turn: claims, makes durable, launches. */
  async proceed(instance: Instance): Promise<void> {
    const claims = await this.claim(instance);
    await instance.sync();
    this.launch(instance, claims);
  }

  /**
   * In a turn, caught up: ends what is over, records what has ended, and claims every effect and command
   * that nobody alive is at.
   *
   * @returns what `launch` must start once the turn is synced
   * @throws SequencerError `ProgramStalled` if an effect of the instance held the program host's thread
   */
  async claim(instance: Instance): Promise<Claim[]> {
    const { id, state } = instance;
    if (this.disposed) return [];
    this.attention.turned(id);
    if (!this.claims.has(id) && !this.foreign.has(id) && effectsOf(state).next().done) return [];
    do await this.endWhatIsOver(id, state);
    while (await this.advance(instance));
    this.watch(id, state);
    return this.claims.of(id).filter(({ run, outcome }) => run === undefined && outcome === undefined);
  }

  /** After `sync`, in the same turn. What comes of it comes in turns of its own. */
  launch(instance: Instance, claims: readonly Claim[]): void {
    for (const claim of claims) {
      if (this.disposed || !this.claims.isHeld(claim) || claim.run !== undefined) continue;
      const { id, issued, attempt } = claim;
      if (claim.owner !== this.lease.id) {
        this.settle(claim, { kind: "interrupted" });
        continue;
      }
      const stepNo = issued.step_no;
      claim.run =
        issued.kind === "effect"
          ? runEffect(this.options.host, { instance: id, stepNo, attempt })
          : runCommand(
              this.options.guardEntry,
              this.orderOf(instance, issued),
              this.options.host.call("commandSecrets", { instance: id, stepNo }),
            );
      void claim.run.outcome.then((outcome) => outcome && this.settle(claim, outcome));
    }
  }

  /** Ends what runs for the instance here and forgets it: its log goes, or nobody may write it any more. */
  async abandon(id: string): Promise<void> {
    this.foreign.delete(id);
    await this.end(this.claims.of(id));
  }

  /** Ends everything that runs here. The log says that it was begun; whoever goes on applies `onInterrupted`. */
  async dispose(): Promise<void> {
    this.disposed = true;
    this.attention.stop();
    await this.end(this.claims.all());
    await this.lease.release();
  }

  /** One round over the pending effects. @returns true if it must be looked again */
  private async advance(instance: Instance): Promise<boolean> {
    for (const step of [...effectsOf(instance.state)]) {
      const move = await this.moves.next(instance, step);
      if (move === undefined) continue;
      if ((await instance.record(move.happening)) === undefined) {
        await instance.catchUp();
        return true;
      }
      if (move.claim === undefined) return true;
      this.claims.hold(move.claim);
    }
    return false;
  }

  private settle(claim: Claim, outcome: NonNullable<Claim["outcome"]>): void {
    if (!this.claims.isHeld(claim)) return;
    claim.outcome = outcome;
    this.attention.wake(claim.id);
  }

  /** E3. */
  private async endWhatIsOver(id: string, state: State): Promise<void> {
    const over = this.claims.of(id).filter(({ issued, owner, attempt }) => {
      const effect = state.pending.get(issued.step_no)?.effect;
      return effect?.owner !== owner || effect.attempt !== attempt;
    });
    if (over.length > 0) await this.end(over);
  }

  private async end(claims: readonly Claim[]): Promise<void> {
    await Promise.all(claims.map(({ run }) => run?.stop()));
    for (const claim of claims) this.claims.release(claim);
    this.lease.keepAlive(this, !this.claims.isEmpty);
  }

  /** The lease they name is lost: others may be at them by now. */
  private interrupt(claims: readonly Claim[]): void {
    for (const claim of claims) {
      if (claim.outcome !== undefined) continue;
      void Promise.resolve(claim.run?.stop()).then(() => this.settle(claim, { kind: "interrupted" }));
    }
  }

  private watch(id: string, state: State): void {
    const owners = new Set<string>();
    for (const { issued, effect } of effectsOf(state)) {
      if (effect !== undefined && this.claims.get(id, issued.step_no) === undefined) owners.add(effect.owner);
    }
    if (owners.size > 0) this.foreign.set(id, { owners, seenMs: performance.now() });
    else this.foreign.delete(id);
    this.lease.keepAlive(this, !this.claims.isEmpty);
    if (this.claims.has(id) || owners.size > 0) this.attention.start();
  }

  private async isDue(id: string): Promise<boolean> {
    const now = this.options.clock();
    const late = this.claims.of(id).filter(({ issued, outcome }) => {
      return outcome === undefined && issued.timeout_at !== undefined && Date.parse(issued.timeout_at) <= now;
    });
    // First the end of what runs, then the event that says so.
    await Promise.all(late.map(({ run }) => run?.stop()));
    if (late.length > 0) return true;
    const forgotten = performance.now() - LAUNCH_WITHIN_MS;
    const waits = this.claims
      .of(id)
      .some(({ run, outcome, claimedMs }) => outcome !== undefined || (!run && claimedMs < forgotten));
    return waits || this.isOwnerDead(id);
  }

  private async isOwnerDead(id: string): Promise<boolean> {
    const foreign = this.foreign.get(id);
    if (foreign === undefined || performance.now() - foreign.seenMs < OWNERS_EVERY_MS) return false;
    foreign.seenMs = performance.now();
    for (const owner of foreign.owners) if (!(await this.owners.isAlive(owner))) return true;
    return false;
  }

  private async lengthOf(id: string): Promise<number | undefined> {
    try {
      return (await stat(join(this.options.stateDir, `${id}.jsonl`))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** The program is not run here; what its log says is over is ended all the same. */
  private async followStalled(id: string): Promise<void> {
    const log = this.options.store.open(id);
    try {
      await this.endWhatIsOver(id, await foldLog(log));
    } finally {
      log.close();
    }
  }

  private orderOf({ id, state }: Instance, issued: StepIssued): CommandOrder {
    const pending = [...state.pending.values()].filter((step) => step.issued.kind === "command");
    return {
      instance: id,
      issued,
      projectDir: state.started!.project_dir,
      stateDir: this.options.stateDir,
      lastStep: state.lastStepNo,
      pending: pending.map((step) => step.issued.step_no),
    };
  }
}

function* effectsOf(state: State): Generator<PendingStep> {
  for (const step of state.pending.values()) {
    if (step.issued.kind === "effect" || step.issued.kind === "command") yield step;
  }
}
