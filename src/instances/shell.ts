/**
 * The shell: start, drive, recover, list and close instances. Decides nothing that the engine can decide,
 * and answers nothing that is not on disk.
 */

import { createHash } from "node:crypto";
import { ulid } from "ulid";
import type { Catalog } from "../catalog/catalog.ts";
import type { StepIssued } from "../engine/event.ts";
import { sameJson } from "../engine/json.ts";
import { awaitsDriver } from "../engine/state.ts";
import { SequencerError } from "../errors.ts";
import type { ProgramHost } from "../host/program-host.ts";
import type { LogStore } from "../log/event-log.ts";
import type { Json } from "../program/schema.ts";
import { type AdoptParts, adoptLatest } from "./adopt.ts";
import type { Asker, ImportResult, InstanceAnswer, ListEntry, ListPage, Sequencer } from "./answer.ts";
import { awaited, handedOut, onlyPending, refuseEnded } from "./awaited.ts";
import { firstTurn, prepareStart } from "./beginning.ts";
import { type Clock, timestamp } from "./clock.ts";
import { describeInstance } from "./describe.ts";
import { Effects } from "./effects/effects.ts";
import { type ForkRequest, forkInstance } from "./fork.ts";
import { jsonText } from "./incoming.ts";
import { type Happening, Instance, type InstanceParts } from "./instance.ts";
import { InstanceCache } from "./instance-cache.ts";
import { foldLog, Listing, type ListRequest, type RecentRequest } from "./listing.ts";
import { News } from "./news.ts";
import { findPastStep, isSameAnswer, whatBecameOf } from "./past-reply.ts";
import { Programs } from "./programs.ts";
import { Questions } from "./questions.ts";
import { type RecordedEvent, recorded } from "./recorded-event.ts";
import { Timers } from "./timers.ts";
import { exportInstance, importInstance } from "./transfer.ts";
import { appendWithoutProgram } from "./without-program.ts";

/** Clients cut a call off after a minute. */
const MAX_WAIT_SECONDS = 45;
/** How long a reply waits for the effects that it set off. */
const EFFECT_WAIT_MS = 20_000;
/** How often somebody who waits looks for what another process wrote. */
const POLL_MS = 1_000;

export interface ShellParts {
  readonly store: LogStore;
  readonly catalog: Catalog;
  readonly host: ProgramHost;
  readonly clock: Clock;
  /** Absolute. */
  readonly stateDir: string;
  /** Entry of the process that guards a command. */
  readonly guardEntry: URL;
  readonly projectDir: string;
  /** Version of agent-sequencer, for `started`. */
  readonly engineVersion: string;
  /** Instances kept in memory. */
  readonly capacity?: number;
  /** Programs are watched as they are edited. */
  readonly watch?: boolean;
}

export class Shell implements Sequencer {
  private readonly parts: ShellParts;
  private readonly programs: Programs;
  private readonly instances: InstanceCache;
  private readonly listing: Listing;
  private readonly effects: Effects;
  private readonly questions: Questions;
  private readonly news = new News();
  private readonly timers = new Timers((id) => this.onTimer(id));

  constructor(parts: ShellParts) {
    this.parts = parts;
    this.programs = new Programs(parts.catalog, parts.host, parts.watch ? { report } : undefined);
    this.instances = new InstanceCache({
      open: (id) => new Instance(this.partsOf(id)),
      isBusy: (id) => this.effects.busy(id),
      capacity: parts.capacity,
    });
    this.effects = new Effects({ ...parts, tend: (id) => this.tend(id) });
    this.questions = new Questions({
      effects: this.effects,
      report,
      turn: (id, work) =>
        this.turn(id, async (instance) => {
          await work(instance);
          await this.settle(instance);
        }),
    });
    this.listing = new Listing(parts.store, parts.projectDir, (id) => this.instances.stallOf(id));
  }

  listPrograms(filter?: string): ReturnType<Sequencer["listPrograms"]> {
    return this.programs.list(filter);
  }

  async start({
    program,
    params,
    requestId,
  }: {
    program: string;
    params?: unknown;
    requestId?: string;
  }): Promise<InstanceAnswer> {
    const { store, catalog } = this.parts;
    const text = params === undefined ? undefined : jsonText(params as Json, "The params have");
    store.prepare();
    let instanceId = ulid(this.parts.clock());
    if (requestId !== undefined) {
      const digest = createHash("sha256")
        .update(JSON.stringify([program, text ?? null]))
        .digest("hex");
      const claim = store.claimRequest(requestId, { instanceId, digest });
      if (claim.digest !== digest) {
        throw new SequencerError(
          "RequestIdReused",
          `request_id ${JSON.stringify(requestId.slice(0, 80))} was used before, with another program or other params.`,
        );
      }
      instanceId = claim.instanceId;
      if (this.exists(instanceId)) return this.current({ instanceId });
    }
    const version = await this.programs.startable(program);
    const started = await prepareStart(this.parts, this.programs, {
      instanceId,
      version,
      params: text,
      requestId,
    });
    await catalog.store(version);
    await this.instances.exclusive(instanceId, async () => {
      // The same request_id, a moment ago in this process: its execution must not be replaced by a new one.
      if (requestId !== undefined && this.exists(instanceId)) return;
      const { drafts, generation } = await firstTurn(this.parts.host, this.programs, version, started);
      const log = await store.create(instanceId, [started, ...drafts]);
      // Somebody else made the instance of this request_id: theirs is the run.
      if (log === undefined)
        await this.parts.host.call("unload", { instance: instanceId }, generation).catch(() => {});
      log?.close();
    });
    return this.withEffects(await this.look(instanceId));
  }

  async current({
    instanceId,
    stepNos,
    waitSeconds = 0,
    onWaiting = () => {},
  }: Parameters<Sequencer["current"]>[0]): Promise<InstanceAnswer> {
    const seconds = Math.min(Math.max(0, waitSeconds), MAX_WAIT_SECONDS);
    const isWaiting = ({ state }: InstanceAnswer) => state === "waiting";
    return this.lookWhile(isWaiting, seconds * 1000, () => this.look(instanceId, stepNos), onWaiting);
  }

  /** Looks again as long as the answer is such; never holds the instance in between. */
  private async lookWhile(
    isWaiting: (answer: InstanceAnswer) => boolean,
    milliseconds: number,
    look: () => Promise<InstanceAnswer>,
    onWaiting: (waited: number, of: number) => void = () => {},
  ): Promise<InstanceAnswer> {
    const begun = performance.now();
    let answer = await look();
    for (;;) {
      const waited = performance.now() - begun;
      if (!isWaiting(answer) || waited >= milliseconds) return answer;
      onWaiting(Math.floor(waited / 1000), Math.ceil(milliseconds / 1000));
      const changed = this.news.listen(answer.instance_id);
      try {
        answer = await look();
      } catch (error) {
        await changed(0);
        throw error;
      }
      await changed(isWaiting(answer) ? Math.min(milliseconds - waited, POLL_MS) : 0);
    }
  }

  private async look(instanceId: string, stepNos?: readonly number[]): Promise<InstanceAnswer> {
    const stall = this.instances.stallOf(instanceId);
    if (stall !== undefined) return this.describeStalled(instanceId);
    try {
      return await this.turn(instanceId, async (instance) => {
        await this.settle(instance);
        return describeInstance(instanceId, instance.state, stepNos);
      });
    } catch (error) {
      if (this.instances.stallOf(instanceId) === undefined) throw error;
      return this.describeStalled(instanceId);
    }
  }

  async next(request: {
    instanceId: string;
    forStepNo?: number;
    result?: unknown;
    failure?: { reason: string };
  }): Promise<InstanceAnswer> {
    const { instanceId, forStepNo, failure } = request;
    const result = request.result as Json | undefined;
    const text = failure === undefined ? jsonText(result ?? null, "The reply has") : undefined;
    this.refuseStalled(instanceId);
    const answer = await this.turn(instanceId, async (instance) => {
      for (;;) {
        const stepNo = forStepNo ?? onlyPending(instance);
        const issued = await this.answerStep(instance, stepNo, text, failure?.reason);
        if (issued === "lost") {
          await instance.catchUp();
          continue;
        }
        if (issued === "not pending") return this.answerPastStep(instance, stepNo, result, failure?.reason);
        await this.settle(instance);
        return describeInstance(instanceId, instance.state, handedOut(instance, issued));
      }
    });
    return this.withEffects(answer);
  }

  /** The answer once the effects that a call set off have ended; as it is when they take too long. */
  private async withEffects(answer: InstanceAnswer): Promise<InstanceAnswer> {
    if (!waitsForEffects(answer)) return answer;
    const later = await this.lookWhile(waitsForEffects, EFFECT_WAIT_MS, () => this.look(answer.instance_id));
    return answer.duplicate ? { ...later, duplicate: true } : later;
  }

  async signal({
    instanceId,
    name,
    value,
  }: {
    instanceId: string;
    name: string;
    value?: unknown;
  }): Promise<InstanceAnswer> {
    const text = jsonText((value ?? null) as Json, "The value has");
    this.refuseStalled(instanceId);
    return this.turn(instanceId, async (instance) => {
      refuseEnded(instance);
      const judgement = await instance.judgeSignal(name, text);
      if (judgement.verdict === "broken")
        throw new SequencerError("SchemaNotJson", `Signal '${name}': ${judgement.reason}.`);
      if (judgement.verdict === "invalid") {
        const problems = judgement.problems.map(({ path, message }) => `${path} ${message}`).join("; ");
        throw new SequencerError("InvalidSignal", `The value of signal '${name}' is not valid: ${problems}.`);
      }
      const sent = JSON.parse(text) as Json;
      const parsed = !sameJson(sent, judgement.value) && { sent };
      await insist(instance, { type: "signal_received", name, value: judgement.value, ...parsed });
      await this.settle(instance);
      return describeInstance(instanceId, instance.state);
    });
  }

  async cancel({ instanceId, reason }: { instanceId: string; reason: string }): Promise<InstanceAnswer> {
    if (this.instances.stallOf(instanceId) !== undefined) return this.forceCancel(instanceId, reason);
    try {
      return await this.turn(instanceId, async (instance) => {
        refuseEnded(instance);
        if (instance.state.ending === undefined) await insist(instance, { type: "cancel_requested", reason });
        await this.settle(instance);
        return describeInstance(instanceId, instance.state);
      });
    } catch (error) {
      if (this.instances.stallOf(instanceId) === undefined) throw error;
      return this.forceCancel(instanceId, reason);
    }
  }

  async resume({
    instanceId,
    programVersion = "recorded",
  }: {
    instanceId: string;
    programVersion?: "recorded" | "latest";
  }): Promise<InstanceAnswer> {
    await this.instances.exclusive(instanceId, async () => {
      await this.instances.drop(instanceId);
      const isRunnable = this.instances.stallOf(instanceId) === undefined;
      if (programVersion === "latest") await adoptLatest(this.versionParts, instanceId, isRunnable);
      this.instances.release(instanceId);
    });
    return this.turn(instanceId, async (instance) => {
      if (instance.state.closed) await insist(instance, { type: "reopened" });
      await this.settle(instance);
      return describeInstance(instanceId, instance.state);
    });
  }

  /** A new instance with the history of another one before a step. */
  async fork(request: ForkRequest): Promise<InstanceAnswer> {
    const isRunnable = this.instances.stallOf(request.instanceId) === undefined;
    return this.current({ instanceId: await forkInstance(this.versionParts, request, isRunnable) });
  }

  exportInstance(instanceId: string): AsyncGenerator<string, void, void> {
    return exportInstance(this.parts, instanceId);
  }

  importInstance(lines: AsyncIterable<string> | Iterable<string>): Promise<ImportResult> {
    return importInstance(this.parts, lines);
  }

  list(request: ListRequest): Promise<ListPage> {
    return this.listing.page(request);
  }

  recent(request: RecentRequest): Promise<ListEntry[]> {
    return this.listing.recent(request);
  }

  async close({ instanceId, deleteLog = false }: { instanceId: string; deleteLog?: boolean }): Promise<{
    instance_id: string;
    closed: true;
    deleted: boolean;
  }> {
    if (deleteLog) {
      // Also what cannot be read any more can be deleted: only the id must be good and the file there.
      await this.instances.exclusive(instanceId, async () => {
        this.parts.store.open(instanceId).close();
        await this.effects.abandon(instanceId);
        await this.instances.drop(instanceId);
        this.parts.store.remove(instanceId);
        this.instances.release(instanceId);
      });
      return { instance_id: instanceId, closed: true, deleted: true };
    }
    // Needs no program: also a stalled or diverged instance can be closed.
    await this.instances.exclusive(instanceId, async () => {
      await this.instances.drop(instanceId);
      await appendWithoutProgram(this.parts.store, instanceId, ({ closed, lastAt }) =>
        closed ? undefined : [{ type: "closed", at: timestamp(this.parts.clock, lastAt) }],
      );
    });
    return { instance_id: instanceId, closed: true, deleted: false };
  }

  /** Without running its program. What was read is durable when the last event is followed by the end. */
  async *events(instanceId: string): AsyncGenerator<RecordedEvent> {
    const log = this.parts.store.open(instanceId);
    try {
      for await (const { firstSeq, events } of log.readOn()) {
        for (const [i, event] of events.entries()) yield recorded(firstSeq + i, event);
      }
      await log.sync();
    } finally {
      log.close();
    }
  }

  onProgramsChanged(listener: () => void): void {
    this.programs.onChange(listener);
  }

  askWith(asker: Asker | undefined): void {
    this.questions.askWith(asker);
  }

  async dispose(): Promise<void> {
    this.timers.dispose();
    this.questions.dispose();
    await this.programs.dispose();
    await this.effects.dispose();
    await this.instances.dispose();
    await this.parts.host.dispose();
  }

  /** A turn, and word of it to those who wait. */
  private async turn<T>(id: string, work: (instance: Instance) => Promise<T>): Promise<T> {
    let before = -1;
    let after = -1;
    try {
      return await this.instances.turn(id, async (instance, seenBefore) => {
        before = seenBefore;
        try {
          return await work(instance);
        } finally {
          after = instance.seen;
        }
      });
    } finally {
      if (before !== after) this.news.changed(id);
    }
  }

  /** What a turn led to is on disk, and what it set going is under way; then it may be answered. */
  private async settle(instance: Instance): Promise<void> {
    const asked = await this.questions.claim(instance);
    await this.effects.proceed(instance);
    this.questions.launch(instance, asked);
    const due = instance.nextDue();
    this.timers.watch(instance.id, due === undefined ? undefined : Date.parse(due) - this.parts.clock());
  }

  /** A turn that nobody asked for: something that the instance waits for may have ended. */
  private async tend(id: string): Promise<void> {
    this.refuseStalled(id);
    await this.turn(id, (instance) => this.settle(instance));
  }

  /** Fires what is due; whoever waits for the instance looks again. */
  private onTimer(id: string): void {
    this.tend(id).catch((error) => report(`timer of ${id}: ${String(error)}`));
  }

  /** The program is stuck: the run is ended without it. */
  private async forceCancel(instanceId: string, reason: string): Promise<InstanceAnswer> {
    await this.instances.exclusive(instanceId, async () => {
      await this.instances.drop(instanceId);
      await appendWithoutProgram(this.parts.store, instanceId, ({ ended, lastAt }) => {
        if (ended !== undefined) return undefined;
        const at = timestamp(this.parts.clock, lastAt);
        return [
          { type: "cancel_requested", at, reason },
          { type: "ended", at, state: "cancelled", reason, forced: true },
        ];
      });
      this.instances.release(instanceId);
    });
    return this.look(instanceId);
  }

  private get versionParts(): AdoptParts {
    return { ...this.parts, programs: this.programs };
  }

  private partsOf(id: string): InstanceParts {
    const { host, clock, catalog, store } = this.parts;
    return {
      log: store.open(id),
      reopen: () => store.open(id),
      host,
      clock,
      loadVersion: (version, program) => catalog.load(version, program),
    };
  }

  private exists(instanceId: string): boolean {
    try {
      this.parts.store.open(instanceId).close();
      return true;
    } catch (error) {
      if (error instanceof SequencerError && error.code === "UnknownInstance") return false;
      throw error;
    }
  }

  /** @returns the steps issued; "lost" if another process wrote first; "not pending" if nobody waits for it */
  private async answerStep(
    instance: Instance,
    stepNo: number,
    text: string | undefined,
    failure: string | undefined,
  ): Promise<StepIssued[] | "lost" | "not pending"> {
    const pending = instance.state.pending.get(stepNo);
    if (pending === undefined || !awaitsDriver(pending)) return "not pending";
    const verdict =
      text === undefined
        ? ({ type: "step_failed", step_no: stepNo, code: "agent_failure", reason: failure ?? "" } as const)
        : await instance.judge(stepNo, text);
    if (verdict === undefined) return "not pending";
    return (await instance.record(verdict, { syncing: true })) ?? "lost";
  }

  /** The step is over: the same answer again is accepted again, another one is told what became of it. */
  private async answerPastStep(
    instance: Instance,
    stepNo: number,
    result: Json | undefined,
    failure: string | undefined,
  ): Promise<InstanceAnswer> {
    const log = this.parts.store.open(instance.id);
    const past = await findPastStep(log, stepNo).finally(() => log.close());
    if (past !== undefined && isSameAnswer(past.settled, result, failure)) {
      await instance.sync();
      const issued = past.issued.filter((no) => instance.state.pending.has(no));
      return {
        ...describeInstance(instance.id, instance.state, issued.length > 0 ? issued : undefined),
        duplicate: true,
      };
    }
    const what = past === undefined ? "was never issued" : whatBecameOf(past.settled);
    const { ended } = instance.state;
    await instance.sync();
    if (ended !== undefined) {
      throw new SequencerError(
        "InstanceEnded",
        `The run has ended (${ended.state}); step ${stepNo} ${what}.`,
      );
    }
    throw new SequencerError("OutOfSync", `Step ${stepNo} ${what}. ${awaited(instance)}`);
  }

  private refuseStalled(instanceId: string): void {
    const stall = this.instances.stallOf(instanceId);
    if (stall !== undefined) throw new SequencerError("ProgramStalled", stall.message, stall.fix);
  }

  /** A stalled program is not run; its state is folded from the log alone. */
  private async describeStalled(instanceId: string): Promise<InstanceAnswer> {
    const log = this.parts.store.open(instanceId);
    try {
      const state = await foldLog(log);
      await log.sync();
      return describeInstance(instanceId, state, undefined, this.instances.stallOf(instanceId));
    } finally {
      log.close();
    }
  }
}

/** Appends, however often others are faster. */
async function insist(instance: Instance, happening: Happening): Promise<void> {
  while ((await instance.record(happening)) === undefined) {
    await instance.catchUp();
    refuseEnded(instance);
  }
}

function waitsForEffects({ state, last_yield }: InstanceAnswer): boolean {
  if (state !== "waiting" || last_yield.kind !== "waiting") return false;
  return last_yield.waiting_for.some(({ kind }) => kind === "effect" || kind === "command");
}

function report(line: string): void {
  process.stderr.write(`agent-sequencer: ${line}\n`);
}
