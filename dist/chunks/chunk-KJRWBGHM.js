import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  CONSEQUENCE,
  attemptOf,
  clockOf,
  commandResult,
  dayOf,
  json,
  momentOf,
  oneLine,
  printable,
  saidOf,
  took,
  whatIsAsked,
  whoAnswered,
  whoIsAwaited
} from "./chunk-OS7THQEV.js";

// src/instances/timeline/draw.ts
var same = (text) => text;
var PLAIN = { bold: same, dim: same, cyan: same, green: same, yellow: same, red: same };
var WORD = 11;
var MAX_AWAITED = 20;
function drawRun(tree, instanceId, ink, width) {
  const paper = paperFor(tree, ink, width);
  const lines = [
    ...drawHeader(tree, instanceId, ink, width),
    "",
    ...drawSequence(tree.root, { first: "", rest: "" }, paper)
  ];
  if (tree.hasEnded || tree.awaited.length === 0) return lines;
  return [...lines, "", ...drawAwaited(tree.awaited, ink, width)];
}
function drawAwaited(awaited, { bold }, width) {
  const lines = awaited.slice(0, MAX_AWAITED).map(({ stepNo, kind, awaited: awaited2 }) => bold(oneLine(`step ${stepNo} (${kind}) awaits ${awaited2}`, width)));
  const more = awaited.length - lines.length;
  return more === 0 ? lines : [...lines, bold(`and ${more} more steps`)];
}
function paperFor({ started, lastAt, lastStepNo }, ink, width) {
  const spansDays = started !== void 0 && dayOf(started.at) !== dayOf(lastAt);
  return {
    ink,
    width,
    numberWidth: Math.max(2, String(lastStepNo).length),
    timeOf: spansDays ? momentOf : clockOf,
    timeWidth: spansDays ? 19 : 12
  };
}
function drawHeader({ started }, instanceId, { bold, dim }, width) {
  if (started === void 0) return [];
  const { at, program, project_dir, params, forked_from } = started;
  const where = `${momentOf(at)} · version ${program.version.slice(0, 12)} · ${printable(project_dir)}`;
  const lines = [
    `${bold(printable(program.name))}  ${instanceId}`,
    dim(oneLine(`started ${where}`, Math.max(width, 60))),
    dim(`params ${oneLine(JSON.stringify(params), Math.max(20, width - 7))}`)
  ];
  if (forked_from === void 0) return lines;
  const { instance_id, before_step_no } = forked_from;
  return [...lines, dim(`forked from ${printable(instance_id)} before step ${before_step_no}`)];
}
function drawSequence({ nodes }, margin, paper) {
  return nodes.flatMap(
    (node, i) => drawNode(node, i === 0 ? margin : { first: margin.rest, rest: margin.rest }, paper)
  );
}
function drawNode(node, margin, paper) {
  if (node.type === "note") return drawDetail(node.detail, margin.first, WORD, paper);
  if (node.type === "step") return drawStep(node, margin, paper);
  const { ink } = paper;
  const count = node.branches.size;
  const said = `${count} ${count === 1 ? "branch" : "branches"}`;
  const head = line(node.at, void 0, margin.first, ink.cyan("parallel".padEnd(WORD)), said, [], paper);
  const branches = [...node.branches].sort(([a], [b]) => a - b);
  const labelWidth = String(branches.at(-1)[0]).length;
  return [
    head,
    ...branches.flatMap(([index, branch], i) => {
      const isLast = i === branches.length - 1;
      const label = `${isLast ? "└" : "├"} ${String(index).padStart(labelWidth)}  `;
      const below = `${isLast ? " " : "│"}${" ".repeat(labelWidth + 3)}`;
      return drawSequence(branch, { first: margin.rest + label, rest: margin.rest + below }, paper);
    })
  ];
}
function drawStep(node, { first, rest }, paper) {
  const { ink } = paper;
  const lines = [
    line(node.at, node.stepNo, first, ink.cyan(node.kind.padEnd(WORD)), node.text, node.said, paper),
    ...node.details.flatMap((detail2) => drawDetail(detail2, `${rest}  `, WORD - 2, paper)),
    ...drawSequence(node.called, { first: `${rest}│ `, rest: `${rest}│ ` }, paper)
  ];
  if (node.awaited === void 0) return lines;
  const awaits = ink.bold("awaits".padEnd(WORD - 2));
  return [...lines, line(void 0, void 0, `${rest}  `, awaits, node.awaited, [], paper)];
}
function drawDetail(detail2, prefix, wordWidth, paper) {
  const { at, stepNo, word, tone, text, said, below = [] } = detail2;
  const tinted = inkOf(tone, paper.ink)(word.padEnd(wordWidth));
  const margin = " ".repeat(paper.timeWidth + paper.numberWidth + 4) + prefix + " ".repeat(wordWidth + 2);
  const room = Math.max(20, paper.width - margin.length);
  return [
    line(at, stepNo, prefix, tinted, text, said, paper),
    ...below.map((each) => margin + inkOf(tone === "good" ? "quiet" : tone, paper.ink)(oneLine(each, room)))
  ];
}
function inkOf(tone, { green, red, yellow, dim }) {
  return { good: green, bad: red, warn: yellow, quiet: dim }[tone];
}
function line(at, stepNo, prefix, word, text, said, { ink, width, numberWidth, timeOf, timeWidth }) {
  const time = (at === void 0 ? "" : timeOf(at)).padEnd(timeWidth);
  const number = (stepNo === void 0 ? "" : String(stepNo)).padStart(numberWidth);
  const suffix = said.length === 0 ? "" : `  (${oneLine(said.join(", "), 200)})`;
  const taken = timeWidth + numberWidth + 4 + prefix.length + WORD + 2 + suffix.length;
  const shown = oneLine(text, Math.max(20, width - taken));
  const dim = (part) => part.trim() === "" ? part : ink.dim(part);
  return `${dim(time)}  ${number}  ${dim(prefix)}${word}  ${shown}${dim(suffix)}`.trimEnd();
}

// src/instances/timeline/nodes.ts
var KEPT = 400;
function sequence() {
  return { nodes: [], byOrdinal: /* @__PURE__ */ new Map() };
}
function callAt(within, ordinal) {
  const node = within.byOrdinal.get(ordinal);
  return node?.type === "step" ? node.called : within;
}
function branchAt(within, ordinal, branch, at) {
  let group = within.byOrdinal.get(ordinal);
  if (group?.type !== "group") {
    group = { type: "group", at, branches: /* @__PURE__ */ new Map() };
    within.nodes.push(group);
    within.byOrdinal.set(ordinal, group);
  }
  let found = group.branches.get(branch);
  if (found === void 0) {
    found = sequence();
    group.branches.set(branch, found);
  }
  return found;
}
function detail({ at }, word, tone, text, said = [], below) {
  const lines = below?.map((line2) => oneLine(line2, KEPT));
  return { at, word, tone, text: oneLine(text, KEPT), said, ...lines && { below: lines } };
}

// src/instances/timeline/run-tree.ts
var RunTree = class {
  root = sequence();
  started;
  lastAt = "";
  lastStepNo = 0;
  hasEnded = false;
  pending = /* @__PURE__ */ new Map();
  /** Values of signals that nobody has waited for yet, by name. */
  early = /* @__PURE__ */ new Map();
  /** Steps that somebody or something has to end, in the order of their issue. */
  get awaited() {
    return [...this.pending.values()].map(({ node }) => node);
  }
  add(event) {
    this.lastAt = event.at;
    if (event.type === "started") this.started = event;
    else if (event.type === "step_issued") this.issue(event);
    else this.happen(event);
  }
  issue(issued) {
    const { step_no, attempt = 1, at } = issued;
    this.lastStepNo = step_no;
    const within = this.sequenceAt(issued.scope, at);
    const before = within.byOrdinal.get(issued.ordinal);
    const isAgain = attempt > 1 && before?.type === "step" && before.kind === issued.kind;
    const node = isAgain ? before : {
      type: "step",
      at,
      stepNo: step_no,
      kind: issued.kind,
      text: oneLine(whatIsAsked(issued), KEPT),
      said: saidOf(issued),
      details: [],
      called: sequence(),
      awaited: void 0
    };
    if (!isAgain) {
      within.nodes.push(node);
      within.byOrdinal.set(issued.ordinal, node);
    }
    if (issued.kind === "call") return;
    const early = issued.kind === "signal" ? this.early.get(issued.label ?? "")?.shift() : void 0;
    if (early !== void 0) {
      node.details.push(detail(issued, "signal", "good", early, ["had come before"]));
      return;
    }
    this.pending.set(step_no, { issued, node, attempt: 0 });
    node.awaited = whoIsAwaited(issued);
  }
  happen(event) {
    const issued = "step_no" in event ? this.pending.get(event.step_no)?.issued : void 0;
    switch (event.type) {
      case "reply_accepted": {
        const asText = event.from_string ? ["sent as text"] : [];
        const said = [...attemptOf(issued), ...asText, ...whoAnswered(issued, event.by)];
        this.end(event, "reply", "good", json(event.reply), said);
        break;
      }
      case "reply_rejected": {
        const said = [...attemptOf(issued, true), CONSEQUENCE[event.then]];
        const problems = event.problems.map(({ path, message }) => `${path} ${message}`);
        this.end(event, "rejected", "warn", json(event.reply), said, problems);
        break;
      }
      case "step_failed":
        if (event.scope !== void 0) this.neverIssued(event, event.scope);
        else this.end(event, "failed", "bad", `${event.code}: ${event.reason}`);
        break;
      case "step_cancelled":
        this.end(event, "cancelled", "quiet", event.reason);
        break;
      case "timer_fired":
        if (issued?.kind === "sleep") this.end(event, "time is up", "good", "");
        else this.end(event, "timed out", "bad", "");
        break;
      case "effect_started":
        this.begin(event);
        break;
      case "effect_finished":
        this.finish(event);
        break;
      case "signal_received":
        this.signal(event);
        break;
      default:
        this.root.nodes.push({ type: "note", detail: this.noteOf(event) });
    }
  }
  /** What happened to the run, not to a step. */
  noteOf(event) {
    switch (event.type) {
      case "cancel_requested":
        return detail(event, "cancel", "warn", event.reason);
      case "version_adopted": {
        const withdrawn = event.withdrawn ?? [];
        const said = withdrawn.length === 0 ? [] : [`step ${withdrawn.join(", ")} withdrawn`];
        const change = `${event.previous.slice(0, 12)} → ${event.version.slice(0, 12)}`;
        return detail(event, "version", "warn", change, said);
      }
      case "closed":
      case "reopened":
        return detail(event, event.type, "quiet", "");
      case "storage_failed":
        return detail(event, "storage", "bad", event.reason);
      case "ended":
        return this.conclude(event);
    }
  }
  conclude(event) {
    this.hasEnded = true;
    for (const { node } of this.pending.values()) node.awaited = void 0;
    this.pending.clear();
    const { error, state, reason, summary, forced, at } = event;
    const text = error ? `${error.type}: ${error.message}` : reason ?? json(summary ?? null);
    const lasted = this.started === void 0 ? [] : [took(this.started.at, at)];
    const said = [...lasted, ...forced ? ["the program was stuck; its cleanup did not run"] : []];
    return detail(
      event,
      state,
      state === "completed" ? "good" : "bad",
      text,
      said,
      error?.stack?.split("\n")
    );
  }
  /** Something ended the step. */
  end(event, word, tone, text, said = [], below) {
    const step = this.pending.get(event.step_no);
    if (step === void 0) return;
    this.pending.delete(event.step_no);
    const { node, issued } = step;
    node.awaited = void 0;
    const isNewNumber = event.step_no !== node.stepNo && { stepNo: event.step_no };
    node.details.push({
      ...detail(event, word, tone, text, [...said, took(issued.at, event.at)], below),
      ...isNewNumber
    });
  }
  neverIssued(event, scope) {
    this.lastStepNo = event.step_no;
    const failed = detail(event, "failed", "bad", `${event.code}: ${event.reason}`);
    const within = this.sequenceAt(scope, event.at);
    within.nodes.push({ type: "note", detail: { ...failed, stepNo: event.step_no } });
  }
  begin(event) {
    const step = this.pending.get(event.step_no);
    if (step === void 0) return;
    step.attempt = event.attempt;
    step.node.awaited = whoIsAwaited(step.issued, true);
    if (event.attempt === 1) return;
    step.node.details.push(
      detail(event, "again", "warn", "", [`attempt ${event.attempt}`, "it was interrupted"])
    );
  }
  finish(event) {
    const step = this.pending.get(event.step_no);
    if (step === void 0) return;
    const { error } = event;
    if (step.issued.kind === "ask") {
      const why = error === void 0 ? "" : `${error.type}: ${error.message}`;
      step.node.details.push(detail(event, "no answer", "warn", why, ["the question goes to the agent"]));
      step.node.awaited = whoIsAwaited(step.issued);
      return;
    }
    const said = step.attempt > 1 ? [`attempt ${step.attempt}`] : [];
    if (error !== void 0) {
      this.end(event, "failed", "bad", `${error.type}: ${error.message}`, said);
    } else if (step.issued.kind === "command") {
      const { word, isGood, lastLine } = commandResult(event.value ?? null);
      this.end(event, word, isGood ? "good" : "warn", lastLine, said);
    } else {
      this.end(event, "result", "good", json(event.value ?? null), said);
    }
  }
  /** A signal ends the first step that waits for it, without naming it. */
  signal(event) {
    const value = json(event.value);
    for (const [step_no, { issued }] of this.pending) {
      if (issued.kind !== "signal" || issued.label !== event.name) continue;
      this.end({ at: event.at, step_no }, "signal", "good", value);
      return;
    }
    const early = this.early.get(event.name) ?? [];
    this.early.set(event.name, [...early, oneLine(value, KEPT)]);
    const said = ["kept until the program waits for it"];
    this.root.nodes.push({
      type: "note",
      detail: detail(event, "signal", "quiet", `${event.name} ${value}`, said)
    });
  }
  /** `3.0/2.1/4`: branch 0 of the group at 3, in it branch 1 of the group at 2, in it the call at 4. */
  sequenceAt(scope, at) {
    let within = this.root;
    for (const segment of scope === "" ? [] : scope.split("/")) {
      const [ordinal, branch] = segment.split(".").map(Number);
      within = branch === void 0 ? callAt(within, ordinal) : branchAt(within, ordinal, branch, at);
    }
    return within;
  }
};

export {
  PLAIN,
  drawRun,
  RunTree
};
