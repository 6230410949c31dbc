import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/instances/timeline/text.ts
var OBEYED = String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]`;
var ALL_OBEYED = new RegExp(OBEYED, "g");
function printable(text) {
  return text.replace(ALL_OBEYED, "");
}
var ALL_ESCAPED = new RegExp(String.raw`[\u2028\u2029]|${OBEYED}`, "g");
function jsonText(value, indent) {
  const escaped = (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, indent).replace(ALL_ESCAPED, escaped);
}
function oneLine(text, width) {
  const line = printable(text.slice(0, 4 * width)).replace(/\s+/g, " ").trim();
  const cut = line.length > width || text.length > 4 * width;
  return cut ? `${line.slice(0, Math.max(1, width - 1))}…` : line;
}
function lasting(ms) {
  if (ms < 1e3) return `${Math.round(ms)} ms`;
  if (ms < 6e4) return `${(ms / 1e3).toFixed(1)} s`;
  if (ms < 36e5) return `${Math.floor(ms / 6e4)} min ${Math.floor(ms % 6e4 / 1e3)} s`;
  return `${Math.floor(ms / 36e5)} h ${Math.floor(ms % 36e5 / 6e4)} min`;
}
function dayOf(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
function clockOf(at) {
  const date = new Date(at);
  const ms = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}
function momentOf(at) {
  return `${dayOf(at)} ${clockOf(at).slice(0, 8)}`;
}
function two(number) {
  return String(number).padStart(2, "0");
}

// src/instances/timeline/step-words.ts
var CONSEQUENCE = {
  retry: "asked again",
  fail: "the step failed",
  abort: "the run was aborted"
};
function whatIsAsked({ kind, text, label, args, options, timeout_at }) {
  if (text !== void 0) return text;
  if (kind === "sleep") return timeout_at === void 0 ? "" : `until ${momentOf(timeout_at)}`;
  if (kind === "call") return `${label} ${json(options ?? null)}`;
  return [label, ...(args ?? []).map(quoted)].filter((part) => part !== void 0).join(" ");
}
function json(value) {
  return JSON.stringify(value);
}
function took(from, to) {
  return `after ${lasting(Date.parse(to) - Date.parse(from))}`;
}
function quoted(arg) {
  return arg === "" || /[\s"']/.test(arg) ? JSON.stringify(arg) : arg;
}
function saidOf(issued) {
  const { progress, kind, timeout_at } = issued;
  return [
    ...progress === void 0 ? [] : [`${progress.current}/${progress.of} ${progress.label}`.trim()],
    ...timeout_at === void 0 || kind === "sleep" ? [] : [`until ${momentOf(timeout_at)}`]
  ];
}
function attemptOf(issued, first = false) {
  const { attempt = 1, max_attempts } = issued ?? {};
  if (max_attempts === void 0 || attempt === 1 && !first) return [];
  return [`attempt ${attempt} of ${max_attempts}`];
}
function whoAnswered(issued, by) {
  if (by !== void 0) return [`by ${by === "person" ? "a person" : by}`];
  return issued?.kind === "ask" ? ["brought by the agent"] : [];
}
function commandResult(value) {
  const { exit_code, signal, stdout, stderr } = value ?? {};
  const word = typeof exit_code === "number" ? `exit ${exit_code}` : String(signal ?? "ended");
  const isGood = exit_code === 0;
  const outputs = isGood ? [stdout, stderr] : [stderr, stdout];
  return { word, isGood, lastLine: outputs.map(lastLineOf).find((line) => line !== "") ?? "" };
}
function lastLineOf(output) {
  if (typeof output !== "string") return "";
  return output.slice(-2e3).trimEnd().split("\n").at(-1) ?? "";
}
function whoIsAwaited({ kind, label = "" }, isAtWork = false) {
  switch (kind) {
    case "instruction":
      return "the agent's reply";
    case "ask":
      return isAtWork ? "a person, at an open form" : "a person, whom the agent asks";
    case "signal":
      return `the signal '${label}'`;
    case "sleep":
      return "the clock";
    default:
      return isAtWork ? "its end, it is running" : "its start";
  }
}

export {
  OBEYED,
  printable,
  jsonText,
  oneLine,
  lasting,
  dayOf,
  clockOf,
  momentOf,
  CONSEQUENCE,
  whatIsAsked,
  json,
  took,
  saidOf,
  attemptOf,
  whoAnswered,
  commandResult,
  whoIsAwaited
};
