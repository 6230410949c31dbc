import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  Unanswered,
  apply,
  differenceOf,
  initialState,
  isDerived,
  mismatchOf,
  nameOf,
  sketchOf,
  stateOf,
  withoutFolders
} from "./chunk-I2YG3OXN.js";
import {
  programName
} from "./chunk-RIFG6GVS.js";
import {
  ProgramNotLoadable,
  belongsToBundle,
  systemErrorCode
} from "./chunk-76ASFBWX.js";
import {
  HostRestarted
} from "./chunk-2BRBAAF4.js";
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";

// src/instances/listing.ts
var DEFAULT_LIMIT = 20;
var MAX_LIMIT = 200;
var MAX_LOOKS = 1e3;
async function foldLog(log, state = initialState()) {
  for await (const { events } of log.readOn()) {
    for (const event of events) apply(state, event);
  }
  if (state.started === void 0) throw new SequencerError("CorruptedLog", "The log holds no events.");
  return state;
}
var Listing = class {
  store;
  projectDir;
  stallOf;
  known = /* @__PURE__ */ new Map();
  constructor(store, projectDir, stallOf) {
    this.store = store;
    this.projectDir = projectDir;
    this.stallOf = stallOf;
  }
  /** This project's instances first, then the others; newest first within each. */
  async page({
    filter = "active",
    limit = DEFAULT_LIMIT,
    cursor,
    includeClosed = filter === "all"
  }) {
    const offset = parseCursor(cursor);
    const count = Math.min(Math.max(1, Math.trunc(limit)), MAX_LIMIT);
    const matching = (await this.entries()).filter((entry) => matches(entry, filter, includeClosed));
    const here = matching.filter((entry) => entry.project_dir === this.projectDir);
    const elsewhere = matching.filter((entry) => entry.project_dir !== this.projectDir);
    const ordered = [...here, ...elsewhere];
    const end = offset + count;
    return {
      instances: ordered.slice(offset, end),
      total: ordered.length,
      next_cursor: end < ordered.length ? String(end) : null
    };
  }
  /** Every instance there is, newest first. */
  async entries() {
    const infos = this.store.list();
    const entries = [];
    for (const info of infos) {
      const entry = await this.entryAt(info);
      if (entry !== void 0) entries.push(entry);
    }
    if (this.known.size > infos.length) this.forgetRemoved(infos);
    return entries;
  }
  /** The newest instances first, this project's before others; reads no more logs than it needs. */
  async recent({ limit, unfinished = false, elsewhere = false }) {
    const here = [];
    const others = [];
    for (const info of this.store.list().slice(0, MAX_LOOKS)) {
      if (here.length >= limit) break;
      const entry = await this.entryAt(info);
      if (entry === void 0 || unfinished && !isUnfinished(entry)) continue;
      (entry.project_dir === this.projectDir ? here : others).push(entry);
    }
    return elsewhere ? [...here, ...others].slice(0, limit) : here;
  }
  /** `undefined`: a log removed since the folder was read is no entry. */
  async entryAt(info) {
    const known = this.known.get(info.instanceId);
    const fresh = known?.bytes === info.bytes && known.modifiedMs === info.modifiedMs;
    const entry = fresh ? known.entry : await this.read(info);
    if (entry === void 0) return void 0;
    if (!fresh) this.known.set(info.instanceId, { bytes: info.bytes, modifiedMs: info.modifiedMs, entry });
    return this.stallOf(info.instanceId) === void 0 ? entry : { ...entry, state: "stalled" };
  }
  async read(info) {
    let log;
    try {
      log = this.store.open(info.instanceId);
      return entryOf(info.instanceId, await foldLog(log));
    } catch (error) {
      if (error instanceof SequencerError && error.code === "UnknownInstance") return void 0;
      return unreadable(info, error instanceof Error ? error.message : String(error));
    } finally {
      log?.close();
    }
  }
  forgetRemoved(infos) {
    const present = new Set(infos.map(({ instanceId }) => instanceId));
    for (const id of this.known.keys()) if (!present.has(id)) this.known.delete(id);
  }
};
function entryOf(id, state) {
  const started = state.started;
  const pending = state.pending.keys().next();
  return {
    instance_id: id,
    program: started.program.name,
    version: state.version,
    ...state.pastVersions.length > 0 && { past_versions: state.pastVersions },
    state: stateOf(state),
    closed: state.closed,
    step_no: pending.done ? state.lastStepNo : pending.value,
    started_at: started.at,
    updated_at: state.lastAt,
    project_dir: started.project_dir,
    progress_hint: state.progress,
    ...state.storageFailed !== void 0 && { problem: `The log was fenced: ${state.storageFailed}` }
  };
}
function unreadable({ instanceId, modifiedMs }, problem) {
  const modified = new Date(modifiedMs).toISOString();
  return {
    instance_id: instanceId,
    program: "",
    version: "",
    state: "unreadable",
    closed: false,
    step_no: 0,
    started_at: modified,
    updated_at: modified,
    project_dir: "",
    progress_hint: null,
    problem
  };
}
function matches(entry, filter, includeClosed) {
  if (entry.closed && !includeClosed) return false;
  if (filter === "all") return true;
  const ended = ["completed", "aborted", "failed", "cancelled"].includes(entry.state);
  return ended === (filter === "ended");
}
function isUnfinished(entry) {
  return entry.state !== "unreadable" && matches(entry, "active", false);
}
function parseCursor(cursor) {
  if (cursor === void 0) return 0;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw new SequencerError(
    "InvalidArguments",
    `$.cursor: ${JSON.stringify(cursor.slice(0, 40))} is not a cursor.`,
    "Pass next_cursor of the page before, or leave it out."
  );
}

// src/instances/loaded-program.ts
function problemsOf(error, { name, file }) {
  if (error instanceof ProgramNotLoadable) return error.problems;
  const { message, line, column } = error;
  return [
    { name, file, message, ...line !== void 0 && { line }, ...column !== void 0 && { column } }
  ];
}

// src/instances/reload.ts
import { statSync as statSync2 } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

// src/catalog/watch.ts
import { basename as basename2, join as join2 } from "node:path";

// src/catalog/watch-plan.ts
import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
var MAX_FOLDERS = 2e3;
function planOf({ folders, files, bundles }) {
  const watched = /* @__PURE__ */ new Set();
  const paths = /* @__PURE__ */ new Set();
  const programFolders = /* @__PURE__ */ new Set();
  const bundleRoots = [];
  const want = (path) => {
    const { folder, missing } = nearestFolder(dirname(path));
    watched.add(folder);
    paths.add(join(folder, missing[0] ?? basename(path)));
  };
  for (const folder of folders) {
    want(folder);
    const real = realFolder(folder);
    if (real === void 0) continue;
    watched.add(real);
    programFolders.add(real);
  }
  for (const file of files) want(file);
  for (const bundle of bundles) {
    want(bundle);
    const real = realFolder(bundle);
    if (real === void 0) continue;
    bundleRoots.push(real + sep);
    for (const folder of foldersIn(real)) watched.add(folder);
  }
  const isOfBundle = (path) => belongsToBundle(basename(path)) && bundleRoots.some((root) => path.startsWith(root));
  return {
    folders: watched,
    matters: (path) => paths.has(path) || watched.has(path) || programFolders.has(dirname(path)) && programName(basename(path)) !== void 0 || isOfBundle(path),
    key: [...[...watched].map(identity), ...paths].sort().join("\0")
  };
}
function nearestFolder(path) {
  const missing = [];
  for (let at2 = path; ; at2 = dirname(at2)) {
    const real = realFolder(at2);
    if (real !== void 0 || at2 === dirname(at2)) return { folder: real ?? at2, missing };
    missing.unshift(basename(at2));
  }
}
function realFolder(path) {
  try {
    return statSync(path).isDirectory() ? realpathSync(path) : void 0;
  } catch {
    return void 0;
  }
}
function foldersIn(root) {
  const found = [root];
  for (let next = 0; next < found.length && found.length < MAX_FOLDERS; next++) {
    for (const entry of entriesOf(found[next])) {
      if (entry.isDirectory() && belongsToBundle(entry.name)) found.push(join(found[next], entry.name));
    }
  }
  return found;
}
function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
function identity(folder) {
  try {
    const { dev, ino } = statSync(folder);
    return `${folder}:${dev}:${ino}`;
  } catch {
    return folder;
  }
}

// src/catalog/watch.ts
var REST_MS = 80;
var MAX_DELAY_MS = 400;
var POLL_MS = 500;
var READY_MS = 2e3;
var NO_WATCHES_LEFT = /* @__PURE__ */ new Set(["ENOSPC", "EMFILE", "ENFILE"]);
function watchPrograms(options) {
  return new Watch(options);
}
var Watch = class {
  options;
  plan;
  watcher;
  polling = false;
  closed = false;
  updating = Promise.resolve();
  resting;
  firstUntold = 0;
  reported = /* @__PURE__ */ new Set();
  constructor(options) {
    this.options = options;
  }
  update(watched) {
    this.updating = this.updating.then(() => this.follow(planOf(watched))).catch((error) => this.complain(error));
    return this.updating;
  }
  async close() {
    this.closed = true;
    clearTimeout(this.resting);
    await this.updating;
    await this.watcher?.close();
  }
  async follow(plan) {
    const isSame = plan.key === this.plan?.key;
    this.plan = plan;
    if (isSame || this.closed) return;
    await this.reopen();
  }
  /** The new watch stands before the old one goes. */
  async reopen() {
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
  async open() {
    const { load = () => import("./chokidar-ZLYNZ6UC.js") } = this.options;
    const { watch } = await load();
    const watcher = watch([...this.plan.folders], {
      persistent: false,
      depth: 0,
      ignoreInitial: true,
      ignorePermissionErrors: true,
      ignored: (path) => !this.plan.matters(path),
      usePolling: this.polling,
      interval: POLL_MS,
      binaryInterval: POLL_MS
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
    await new Promise((resolve) => {
      const late = setTimeout(resolve, READY_MS).unref();
      watcher.once("ready", () => {
        clearTimeout(late);
        resolve();
      });
    });
    return watcher;
  }
  noticed(path) {
    if (this.plan.matters(path)) this.changed();
  }
  changed() {
    if (this.closed) return;
    const now = performance.now();
    if (this.resting === void 0) this.firstUntold = now;
    clearTimeout(this.resting);
    const delay2 = Math.max(0, Math.min(REST_MS, this.firstUntold + MAX_DELAY_MS - now));
    this.resting = setTimeout(() => {
      this.resting = void 0;
      this.options.onChange();
    }, delay2).unref();
  }
  poll(refused, code) {
    if (this.closed || this.polling) return;
    this.polling = true;
    this.options.report(
      `the system has no watches left (${code}); programs are looked at every ${POLL_MS} ms instead`
    );
    this.updating = this.updating.then(async () => {
      await this.reopen();
      await refused.close();
    });
  }
  complain(error) {
    if (this.closed) return;
    const message = error instanceof Error ? error.message : String(error);
    if (this.reported.has(message)) return;
    this.reported.add(message);
    this.options.report(`watching programs: ${message}`);
  }
};
function pathsOf(name, details) {
  const watched = details?.watchedPath;
  if (watched === void 0) return name == null ? [] : [name];
  if (name == null) return [watched];
  const itself = name === basename2(watched) ? [watched] : [];
  return [...itself, join2(watched, name)];
}

// src/instances/reload.ts
var REST_MS2 = 150;
var MAX_LOOKS2 = 5;
var Reload = class {
  options;
  watch;
  /** By name. */
  good = /* @__PURE__ */ new Map();
  /** By name: what the last look at a program read or looked for. */
  traces = /* @__PURE__ */ new Map();
  told;
  disposed = false;
  refreshing;
  again = false;
  constructor(options) {
    this.options = options;
    const { watch = watchPrograms, report } = options;
    this.watch = watch({ onChange: () => this.refresh(), report });
    this.refresh();
  }
  /** Every program, each as it can be started now; and what is wrong. */
  async survey() {
    const { files, problems } = await this.find();
    const loaded = [];
    const failed = problems.map((problem) => this.withLastGood(problem));
    for (const file of files) {
      try {
        loaded.push(await this.loadAtRest(file));
      } catch (error) {
        failed.push(...problemsOf(error, file).map((problem) => this.withLastGood(problem)));
      }
    }
    for (const [name, program] of this.good) {
      if (!loaded.some(({ file }) => file.name === name)) loaded.push(program);
    }
    loaded.sort((a, b) => a.file.name < b.file.name ? -1 : 1);
    this.tell(loaded);
    return { loaded, problems: failed };
  }
  /**
   * The program of that name as it can be started now; `undefined`: there is none on the disk, and no last
   * good version of it.
   *
   * @throws what loading it throws, if it has no last good version
   */
  async startable(name) {
    const { files } = await this.find();
    const file = files.find((candidate) => candidate.name === name);
    if (file === void 0) return this.good.get(name);
    try {
      return await this.loadAtRest(file);
    } catch (error) {
      const good = this.good.get(name);
      if (good === void 0) throw error;
      this.options.report(`${file.file} does not load; it starts as it last loaded: ${messageOf(error)}`);
      return good;
    }
  }
  async dispose() {
    this.disposed = true;
    await this.watch.close();
  }
  /** What is on the disk. Editors that remove a file before they write it anew are waited for. */
  async find() {
    let found = this.options.catalog.find();
    if (this.missingFrom(found).length > 0) {
      await delay(REST_MS2);
      found = this.options.catalog.find();
    }
    for (const name of this.missingFrom(found)) this.forget(name);
    return found;
  }
  missingFrom({ files, problems }) {
    return [...this.good.values()].filter(({ file }) => ![...files, ...problems].some(({ name }) => name === file.name)).map(({ file }) => file.name);
  }
  /** @throws what loading it throws: it is broken, and was so for a while */
  async loadAtRest(file) {
    const { name } = file;
    if (this.good.get(name) !== void 0 && this.good.get(name).file.file !== file.file) this.forget(name);
    for (let looks = 1; ; looks++) {
      const seen = /* @__PURE__ */ new Set([file.file]);
      const outcome = await this.options.load(file, (path) => seen.add(path)).then(
        (program) => ({ program }),
        (error) => ({ error })
      );
      this.traces.set(name, [...seen]);
      const isKnown = "program" in outcome && outcome.program.version.version === this.good.get(name)?.version.version;
      if (!isKnown && looks < MAX_LOOKS2 && isInMotion(seen)) {
        await delay(REST_MS2);
        continue;
      }
      if ("error" in outcome) throw outcome.error;
      this.good.set(name, outcome.program);
      return outcome.program;
    }
  }
  forget(name) {
    this.good.delete(name);
    this.traces.delete(name);
  }
  withLastGood(problem) {
    const good = this.good.get(problem.name);
    if (good === void 0) return problem;
    const version = good.version.version.slice(0, 12);
    return {
      ...problem,
      message: `${problem.message} Until it loads again, the program can be started as it last loaded (version ${version}).`
    };
  }
  /** Looks, and adapts the watch to what was seen; one at a time. */
  refresh() {
    this.again = true;
    if (this.disposed) return;
    this.refreshing ??= this.refreshUntilQuiet().finally(() => {
      this.refreshing = void 0;
    });
  }
  async refreshUntilQuiet() {
    while (this.again && !this.disposed) {
      this.again = false;
      try {
        await this.survey();
      } catch (error) {
        this.options.report(`looking at programs: ${messageOf(error)}`);
      }
      if (!this.disposed) await this.watch.update(this.watched());
    }
  }
  watched() {
    const { folders, find } = this.options.catalog;
    return {
      folders: folders.map(({ folder }) => folder),
      files: [...this.traces.values()].flat(),
      bundles: find().files.map(({ realpath }) => realpath.replace(/\.[^.]+$/, ""))
    };
  }
  tell(loaded) {
    const now = loaded.map(({ file, version }) => `${file.name} ${version.version}`).join("\n");
    const before = this.told;
    this.told = now;
    if (before !== void 0 && before !== now) this.options.onChange();
  }
};
function isInMotion(paths) {
  const now = Date.now();
  for (const path of paths) {
    if (Math.abs(now - changedAt(path)) < REST_MS2) return true;
  }
  return false;
}
function changedAt(path) {
  try {
    return statSync2(path).ctimeMs;
  } catch {
    return 0;
  }
}
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

// src/instances/programs.ts
var STUCK_FOR_MS = 6e4;
var Programs = class {
  catalog;
  host;
  reload;
  listeners = /* @__PURE__ */ new Set();
  /** By version hash: what a program says of itself cannot change while its content does not. */
  described = /* @__PURE__ */ new Map();
  /** By version hash: versions that got stuck when they were asked. */
  stuck = /* @__PURE__ */ new Map();
  /** @param watch keeps what is edited startable, and tells of changes */
  constructor(catalog, host, watch) {
    this.catalog = catalog;
    this.host = host;
    this.reload = watch && new Reload({
      catalog,
      load: (file, look) => this.load(file, look),
      onChange: () => {
        for (const listener of this.listeners) listener();
      },
      report: watch.report
    });
  }
  /** Calls back when programs came, went or changed; only while they are watched. */
  onChange(listener) {
    this.listeners.add(listener);
  }
  async dispose() {
    await this.reload?.dispose();
  }
  /** Everything that can be started, and every file that cannot, with its reason. */
  async list(filter) {
    const { loaded, problems } = await (this.reload ?? this).survey();
    const programs = loaded.map(toEntry);
    const failed = problems.map(({ name: _, ...problem }) => problem);
    const wanted = filter?.trim().toLowerCase();
    if (!wanted) return { programs, problems: failed };
    return {
      programs: programs.filter(
        ({ name, description }) => `${name} ${description}`.toLowerCase().includes(wanted)
      ),
      problems: failed.filter(({ file }) => file.toLowerCase().includes(wanted))
    };
  }
  async survey() {
    const { files, problems } = this.catalog.find();
    const loaded = [];
    const failed = [...problems];
    for (const file of files) {
      try {
        loaded.push(await this.load(file));
      } catch (error) {
        failed.push(...problemsOf(error, file));
      }
    }
    return { loaded, problems: failed };
  }
  /**
   * The program of that name as a new instance runs it.
   *
   * @throws SequencerError as `link` does
   */
  async startable(name) {
    return (await this.reload?.startable(name))?.version ?? this.link(name);
  }
  /**
   * The program of that name as it is on the disk now.
   *
   * @throws SequencerError `UnknownProgram`, with the names that are close; `ProgramNotLoadable`
   */
  async link(name) {
    const { files, problems } = this.catalog.find();
    const file = files.find((candidate) => candidate.name === name);
    if (file === void 0) throw unknownProgram(name, files, problems);
    return this.catalog.link(file);
  }
  /** Runs a request that needs nothing but the version, again if the worker ended under it. */
  async ask(version, request) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await request(await this.host.define(version));
      } catch (error) {
        if (!(error instanceof HostRestarted) || attempt >= 8) throw error;
      }
    }
  }
  async load(file, look) {
    const version = await this.catalog.link(file, look);
    return { file, version, description: await this.describe(version) };
  }
  async describe(version) {
    const known = this.described.get(version.version);
    if (known !== void 0) return known;
    const stuck = this.stuck.get(version.version);
    if (stuck !== void 0 && Date.now() < stuck.untilMs) throw stuck.error;
    try {
      const description = await this.ask(
        version,
        (generation) => this.host.call("describe", { version: version.version }, generation)
      );
      this.described.set(version.version, description);
      return description;
    } catch (error) {
      if (error instanceof SequencerError && error.code === "ProgramStalled")
        this.stuck.set(version.version, { error, untilMs: Date.now() + STUCK_FOR_MS });
      throw error;
    }
  }
};
function unknownProgram(name, files, problems) {
  const problem = problems.find((each) => each.name === name);
  if (problem !== void 0)
    return new SequencerError("ProgramNotLoadable", `Program '${name}' cannot be loaded: ${problem.message}`);
  const unread = problems.find((each) => each.name === "");
  if (unread !== void 0) {
    return new SequencerError(
      "ProgramNotLoadable",
      `Program '${name}' was not found, but ${unread.file} was not looked through. ${unread.message}`,
      "Make that folder readable, then call again."
    );
  }
  const names = files.map((file) => file.name);
  const known = names.length === 0 ? "No program was found at all" : `There are: ${names.slice(0, 20).join(", ")}`;
  return new SequencerError(
    "UnknownProgram",
    `There is no program named ${JSON.stringify(name.slice(0, 80))}. ${known}.`
  );
}
function toEntry({ file, version, description }) {
  return {
    name: description.name,
    description: description.description,
    params_schema: description.paramsSchema,
    source: file.source,
    file: file.file,
    version: version.version
  };
}

// src/instances/past.ts
var Past = class {
  state = initialState();
  adoptions = [];
  unanswered = new Unanswered();
  /** Events seen. */
  length = 0;
  /** @throws SequencerError `CorruptedLog` for events that cannot follow each other */
  see(events) {
    for (const event of events) {
      apply(this.state, event);
      this.unanswered.see(event);
      if (event.type === "version_adopted") this.adoptions.push(event);
    }
    this.length += events.length;
  }
};
var EVENTS_A_PART = 500;
function* inParts(events) {
  for (let from = 0; from < events.length; from += EVENTS_A_PART) {
    const part = events.slice(from, from + EVENTS_A_PART);
    yield { events: part, lines: part.map((event) => `${JSON.stringify(event)}
`).join("") };
  }
}

// src/engine/rehearsal.ts
function recordedSteps(events) {
  const ends = /* @__PURE__ */ new Map();
  const again = /* @__PURE__ */ new Map();
  const steps = [];
  for (const event of events) {
    if (event.type === "step_issued") {
      if (event.validation_error === void 0) steps.push(event);
      else again.set(event.validation_error.step_no, event.step_no);
    } else if ("step_no" in event && isEnd(event)) {
      ends.set(event.step_no, event);
    }
  }
  return steps.map((issued) => {
    let last = issued.step_no;
    for (let next = again.get(last); next !== void 0; next = again.get(last)) last = next;
    const end = ends.get(last);
    return { step_no: issued.step_no, sketch: sketchOf(issued), ...end && { end } };
  });
}
function isEnd(event) {
  return ["reply_accepted", "timer_fired", "effect_finished"].includes(event.type);
}
function isAlike(recorded, asked, folders) {
  return differenceOf(recorded, asked, folders) === void 0;
}

// src/engine/alignment.ts
var REACH = 5;
function alignmentOf(recorded, asked, folders) {
  const [first, second] = recorded;
  if (first === void 0) return void 0;
  const alike = (r, a) => {
    const [one, other] = [recorded[r], asked[a]];
    return one !== void 0 && other !== void 0 && isAlike(one.sketch, other, folders);
  };
  if (alike(0, 0)) return void 0;
  if (second !== void 0 && alike(0, 1) && alike(1, 0)) {
    return `steps ${first.step_no} and ${second.step_no} changed places`;
  }
  const inARow = (r, a) => {
    let count = 0;
    while (count < REACH && alike(r + count, a + count)) count++;
    return count;
  };
  const guesses = [];
  for (let by = 1; by <= REACH; by++) {
    const inserted = by === 1 ? "a step was" : `${by} steps were`;
    guesses.push({ hint: `${inserted} inserted before step ${first.step_no}`, confirmed: inARow(0, by) });
    const last = recorded[by - 1];
    if (last === void 0) continue;
    const removed = by === 1 ? `step ${first.step_no} was` : `steps ${first.step_no} to ${last.step_no} were`;
    guesses.push({ hint: `${removed} removed`, confirmed: inARow(by, 0) });
  }
  const changed = `step ${first.step_no} was changed, and what follows is the same`;
  guesses.push({ hint: changed, confirmed: inARow(1, 1) });
  const best = Math.max(...guesses.map(({ confirmed }) => confirmed));
  return best === 0 ? void 0 : guesses.find(({ confirmed }) => confirmed === best).hint;
}

// src/engine/text-diff.ts
var MAX_LINES = 400;
var MAX_SHOWN = 24;
var MAX_WIDTH = 120;
var CONTEXT = 1;
function diffOfLines(before, after) {
  const lines = align(before.slice(0, MAX_LINES), after.slice(0, MAX_LINES));
  const isNear = (at2) => lines.slice(Math.max(0, at2 - CONTEXT), at2 + CONTEXT + 1).some(({ mark }) => mark !== " ");
  const kept = lines.filter(({ mark, text }, at2) => isNear(at2) && (mark !== " " || /\w/.test(text)));
  if (kept.length === 0) return void 0;
  const shown2 = kept.slice(0, MAX_SHOWN).map(({ mark, text }) => `${mark} ${cut(text)}`);
  const more = kept.length - MAX_SHOWN;
  return [...shown2, ...more > 0 ? [`… and ${more} more lines`] : []].join("\n");
}
function align(before, after) {
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  for (let i2 = before.length - 1; i2 >= 0; i2--) {
    for (let j2 = after.length - 1; j2 >= 0; j2--) {
      common[i2 * width + j2] = before[i2] === after[j2] ? common[(i2 + 1) * width + j2 + 1] + 1 : Math.max(common[(i2 + 1) * width + j2], common[i2 * width + j2 + 1]);
    }
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) {
      lines.push({ mark: " ", text: before[i++] });
      j++;
    } else if (i < before.length && (j === after.length || common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      lines.push({ mark: "-", text: before[i++] });
    } else {
      lines.push({ mark: "+", text: after[j++] });
    }
  }
  return lines;
}
function cut(text) {
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH)}…` : text;
}

// src/engine/replay-report.ts
var MAX_PART = 1e3;
function divergenceReport(mismatch, found) {
  const { what, step_no, seq, recorded, asked, asked_at } = mismatch;
  const { instanceId, program, version, recordedVersion, line, recordedAt, hint, folders } = found;
  const diff = recorded === void 0 || typeof asked !== "object" ? void 0 : diffOfLines(linesOf(shown(recorded, folders)), linesOf(shown(asked, folders)));
  const where = line === void 0 ? "" : ` (line ${line} of its log)`;
  const paragraphs = [
    `Version ${short(version)} of program '${program}' does not do what the log of ${instanceId} says was done. ${step_no === void 0 ? upper(what) : `Step ${step_no}${where}: ${what}`}.`,
    recorded && `recorded${at(recordedAt)}: ${nameOf(shown(recorded, folders))}`,
    asked !== void 0 && `asked now${at(asked_at)}: ${typeof asked === "string" ? asked : nameOf(shown(asked, folders))}`,
    diff,
    hint && `It seems that ${hint}.`,
    "The instance stays as it was."
  ];
  return new SequencerError(
    "ProgramDiverged",
    paragraphs.filter((text) => typeof text === "string").join("\n"),
    fixFor(step_no),
    {
      details: withoutAbsent({
        instance_id: instanceId,
        step_no,
        line,
        seq,
        what,
        recorded: recorded && withoutAbsent({ ...bounded(recorded), at: recordedAt }),
        asked: typeof asked === "object" ? withoutAbsent({ ...bounded(asked), at: asked_at }) : asked,
        diff,
        hint,
        version,
        recorded_version: recordedVersion
      })
    }
  );
}
function fixFor(stepNo) {
  const stay = "To go on with the recorded version, call sequencer_resume without program_version.";
  return stepNo === void 0 ? `${stay} To run the new version, start a new instance.` : `${stay} To go on from there with the new version, call sequencer_fork with before_step_no: ${stepNo} and program_version: "latest".`;
}
function at(place) {
  return place === void 0 ? "" : ` at ${place}`;
}
function short(version) {
  return version.slice(0, 8);
}
function upper(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
function shown(sketch, folders) {
  const inside = (value) => {
    if (typeof value === "string") return withoutFolders(value, folders);
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inside(member)]));
  };
  return inside(sketch);
}
function linesOf({ text, ...rest }) {
  const lines = Object.entries(rest).flatMap(([part, value]) => {
    const json = typeof value === "string" ? value : JSON.stringify(value, void 0, 2);
    return `${part}: ${json}`.split("\n");
  });
  return text === void 0 ? lines : [...lines, ...`text: ${text}`.split("\n")];
}
function bounded(sketch) {
  return Object.fromEntries(
    Object.entries(sketch).map(([part, value]) => {
      const size = JSON.stringify(value).length;
      if (size <= MAX_PART) return [part, value];
      return [part, typeof value === "string" ? `${value.slice(0, MAX_PART)}…` : `(${size} characters)`];
    })
  );
}
function withoutAbsent(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== void 0));
}

// src/instances/trial-run.ts
var REHEARSED_STEPS = 12;
var EVENTS_AHEAD = 400;
var trials = 0;
function tryVersion(parts, version, subject) {
  const { host, catalog } = parts;
  const folders = foldersOf(catalog, version, subject.past);
  const { adoptions, unanswered, state } = subject.past;
  return parts.programs.ask(
    version,
    (generation) => withExecution(
      host,
      state.started,
      { version: version.version, adoptions, trial: unanswered.trial(folders) },
      generation,
      async (instance) => {
        try {
          for await (const { lines } of subject.parts())
            await host.call("feed", { instance, lines }, generation);
          return await host.call("finishTrial", { instance }, generation);
        } catch (error) {
          if (!(error instanceof SequencerError) || error.code !== "ProgramDiverged") throw error;
          const mismatch = mismatchOf(error) ?? { what: error.message };
          const soFar = await host.call("finishTrial", { instance, soFar: true }, generation);
          throw await new Report(parts, version, subject, generation).of(mismatch, soFar);
        }
      }
    )
  );
}
async function withExecution(host, { seed, at: at2 }, load, generation, work) {
  const instance = `trial ${++trials}`;
  await host.call("load", { ...load, instance, seed, atMs: Date.parse(at2) }, generation);
  try {
    return await work(instance);
  } finally {
    await host.call("unload", { instance }, generation).catch(() => {
    });
  }
}
var Report = class {
  constructor(parts, version, subject, generation) {
    this.parts = parts;
    this.version = version;
    this.subject = subject;
    this.generation = generation;
    this.folders = foldersOf(parts.catalog, version, subject.past);
  }
  parts;
  version;
  subject;
  generation;
  folders;
  async of(mismatch, soFar) {
    const { instanceId, past, isRunnable } = this.subject;
    const { seq, step_no } = mismatch;
    const line = await ifPossible(
      async () => seq === void 0 ? void 0 : this.parts.store.lineOf(instanceId, seq)
    );
    const recordedAt = await ifPossible(
      async () => step_no === void 0 || !isRunnable ? void 0 : this.placeOf(step_no)
    );
    const hint = await ifPossible(async () => seq === void 0 ? void 0 : this.hintAt(seq, soFar));
    return divergenceReport(mismatch, {
      instanceId,
      program: this.version.name,
      version: this.version.version,
      recordedVersion: past.state.version,
      folders: this.folders,
      ...line !== void 0 && { line },
      ...recordedAt !== void 0 && { recordedAt },
      ...hint !== void 0 && { hint }
    });
  }
  /** Where the recorded version makes a step: it is replayed until it does. */
  async placeOf(stepNo) {
    const { host, catalog } = this.parts;
    const { version, started } = this.subject.past.state;
    const pinned = await catalog.load(version, started.program.name);
    const generation = await host.define(pinned);
    const load = { version, adoptions: this.subject.past.adoptions, seek: stepNo };
    return withExecution(host, started, load, generation, async (instance) => {
      for await (const { lines } of this.subject.parts()) {
        await host.call("feed", { instance, lines }, generation);
        const { place } = await host.call("soughtPlace", { instance }, generation);
        if (place !== void 0) return place;
      }
      return void 0;
    });
  }
  /** Lets the new version go on from before the turn that differs, and compares what it asks. */
  async hintAt(seq, soFar) {
    const { host } = this.parts;
    const { before, after } = await this.splitBefore(seq);
    if (after.length === 0) return void 0;
    const { version: previous, started } = this.subject.past.state;
    const { at: at2 } = before.at(-1);
    const withdrawn = [
      ...soFar.withdrawn ?? [],
      ...this.subject.past.adoptions.flatMap(({ withdrawn: withdrawn2 = [] }) => withdrawn2)
    ];
    const { version } = this.version;
    const adopted = { type: "version_adopted", at: at2, version, previous, ...soFar, withdrawn };
    const adoptions = [...before.filter((event) => event.type === "version_adopted"), adopted];
    const recorded = recordedSteps(after);
    return withExecution(host, started, { version, adoptions }, this.generation, async (instance) => {
      for (const { lines } of inParts([...before, adopted])) {
        await host.call("feed", { instance, lines }, this.generation);
      }
      const { folders } = this;
      const { asked } = await host.call(
        "rehearse",
        { instance, recorded, at: at2, folders, limit: REHEARSED_STEPS },
        this.generation
      );
      return alignmentOf(recorded, asked, folders);
    });
  }
  /** The log up to what happened before the event `seq` was derived, and what was derived and followed. */
  async splitBefore(seq) {
    const events = [];
    let turn = 0;
    let found = false;
    for await (const part of this.subject.parts()) {
      for (const event of part.events) {
        if (!found && !isDerived(event)) turn = events.length + 1;
        if (event.seq === seq) {
          if (!isDerived(event)) return { before: [], after: [] };
          found = true;
        }
        events.push(event);
        if (found && events.length > turn + EVENTS_AHEAD) break;
      }
      if (found && events.length > turn + EVENTS_AHEAD) break;
    }
    return { before: events.slice(0, turn), after: found ? events.slice(turn) : [] };
  }
};
async function ifPossible(find) {
  try {
    return await find();
  } catch (error) {
    if (error instanceof HostRestarted) throw error;
    return void 0;
  }
}
function foldersOf(catalog, version, { state }) {
  const recordedEntries = {};
  for (const recorded of [...state.pastVersions, state.version]) {
    try {
      recordedEntries[recorded] = entryFolder(catalog.sources(recorded).manifest.entry);
    } catch (error) {
      if (!(error instanceof SequencerError)) throw error;
    }
  }
  return {
    asked: catalog.filesFolder(version.version),
    askedEntry: entryFolder(version.entry),
    recordedEntries
  };
}
function entryFolder(entry) {
  return entry.split("/").slice(0, -1).join("/");
}

// src/instances/effects/process-identity.ts
import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { promisify } from "node:util";

// src/guard/proc-stat.ts
function parseStat(line) {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields;
  const started = fields[19];
  if (!state || !group || !started) return void 0;
  return { state, group: Number(group), started };
}
function hasEnded({ state }) {
  return state === "Z" || state === "X";
}

// src/instances/effects/process-identity.ts
var own;
function ownIdentity() {
  own ??= (async () => ({
    pid: process.pid,
    boot: await orNull(bootOf()),
    pid_namespace: process.platform === "linux" ? await orNull(readlink("/proc/self/ns/pid")) : "the only one",
    started: await orNull(startOf(process.pid))
  }))();
  return own;
}
async function isRunning(identity2) {
  const { boot, pid_namespace, started } = await ownIdentity();
  if (boot === null || pid_namespace === null || started === null) return void 0;
  if (identity2.boot !== boot || identity2.pid_namespace !== pid_namespace) return void 0;
  if (identity2.started === null || !Number.isSafeInteger(identity2.pid)) return void 0;
  try {
    return await startOf(identity2.pid) === identity2.started;
  } catch {
    return void 0;
  }
}
function bootOf() {
  if (process.platform === "linux") return readText("/proc/sys/kernel/random/boot_id");
  return output("sysctl", ["-n", "kern.bootsessionuuid"]);
}
async function startOf(pid) {
  if (process.platform !== "linux") {
    return await output("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => "") || void 0;
  }
  try {
    const facts = parseStat(await readFile(`/proc/${pid}/stat`, "latin1"));
    return facts === void 0 || hasEnded(facts) ? void 0 : facts.started;
  } catch (error) {
    const { code = "" } = error;
    if (["ENOENT", "ESRCH"].includes(code) && !isHidden(pid)) return void 0;
    throw error;
  }
}
function isHidden(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
async function readText(path) {
  return (await readFile(path, "utf8")).trim();
}
async function output(file, args) {
  return (await promisify(execFile)(file, args)).stdout.trim();
}
async function orNull(fact) {
  try {
    return await fact || null;
  } catch {
    return null;
  }
}

// src/instances/effects/owners.ts
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir, rm, unlink } from "node:fs/promises";
import { join as join3 } from "node:path";
var STALE_MS = 3e4;
var WATCH_OLD_MS = 12e3;
var FORGOTTEN_MS = 7 * 24 * 36e5;
var PROBE = ".now-";
var OWNER_ID = /^[0-9A-Z]{26}$/;
var Owners = class {
  folder;
  monotonicMs;
  sightings = /* @__PURE__ */ new Map();
  constructor(folder, monotonicMs = () => performance.now()) {
    this.folder = folder;
    this.monotonicMs = monotonicMs;
  }
  /** An owner that cannot be judged yet counts as alive: look again later. */
  async isAlive(owner) {
    if (!OWNER_ID.test(owner)) return false;
    const lease = await this.read(owner);
    if (lease === void 0) {
      this.sightings.delete(owner);
      return false;
    }
    const running = lease.identity === void 0 ? void 0 : await isRunning(lease.identity);
    if (running ?? await this.beats(owner, lease.beatAtMs)) return true;
    await this.bury(owner);
    return false;
  }
  /** Removes the leases of the dead, as far as that can be told at once. */
  async cleanUp() {
    const now = await this.fileSystemTime();
    for (const owner of await readdir(this.folder)) {
      if (owner.startsWith(PROBE)) await rm(join3(this.folder, owner), { force: true });
      if (!OWNER_ID.test(owner)) continue;
      const lease = await this.read(owner);
      if (lease === void 0) continue;
      const running = lease.identity === void 0 ? void 0 : await isRunning(lease.identity);
      const forgotten = now - lease.beatAtMs > FORGOTTEN_MS;
      if (running === false || running === void 0 && forgotten) await this.bury(owner);
    }
  }
  async beats(owner, beatAtMs) {
    const now = this.monotonicMs();
    const seen = this.sightings.get(owner);
    if (seen === void 0 || seen.beatAtMs !== beatAtMs) {
      this.sightings.set(owner, { beatAtMs, sinceMs: now });
      return true;
    }
    const quietMs = now - seen.sinceMs;
    if (quietMs >= STALE_MS) return false;
    return quietMs < WATCH_OLD_MS || await this.fileSystemTime() - beatAtMs < STALE_MS;
  }
  /** `undefined`: there is none. */
  async read(owner) {
    const path = join3(this.folder, owner);
    try {
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const { mtimeMs: beatAtMs } = await file.stat();
        return { identity: parseIdentity(await file.readFile("utf8")), beatAtMs };
      } finally {
        await file.close();
      }
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes(error.code ?? "")) return void 0;
      throw new SequencerError(
        "StateDirUnusable",
        `The lease ${path} cannot be read: ${error.message}.`,
        void 0,
        { cause: error }
      );
    }
  }
  async bury(owner) {
    this.sightings.delete(owner);
    await unlink(join3(this.folder, owner)).catch(() => {
    });
  }
  /** What the file system takes for now. */
  async fileSystemTime() {
    const path = join3(this.folder, `${PROBE}${randomUUID()}`);
    const probe = await open(path, "wx", 384);
    try {
      return (await probe.stat()).mtimeMs;
    } finally {
      await rm(path, { force: true });
      await probe.close();
    }
  }
};
function parseIdentity(text) {
  try {
    return JSON.parse(text) ?? void 0;
  } catch {
    return void 0;
  }
}

export {
  Past,
  inParts,
  tryVersion,
  foldLog,
  Listing,
  ownIdentity,
  isRunning,
  STALE_MS,
  Owners,
  Programs
};
