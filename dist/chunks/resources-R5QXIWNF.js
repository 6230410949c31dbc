import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  JSON_LINES,
  MARKDOWN
} from "./chunk-HZ5ZV3RF.js";
import {
  PLAIN,
  RunTree,
  drawRun
} from "./chunk-KJRWBGHM.js";
import {
  LOG_TEMPLATE,
  TIMELINE_TEMPLATE,
  logUri,
  parseUri,
  timelineUri
} from "./chunk-3FQVTKID.js";
import "./chunk-Y4Q2QEGS.js";
import {
  textOf
} from "./chunk-OEBDNEBG.js";
import {
  INVALID_PARAMS,
  protocolError
} from "./chunk-ZWHMTMT7.js";
import {
  jsonText
} from "./chunk-OS7THQEV.js";
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";
import "./chunk-6E5ESL5F.js";

// src/server/run-document.ts
var WIDTH = 120;
var FIRST_LINES = 150;
var LAST_LINES = 350;
var MAX_OUTCOME = 2e5;
var MAX_LOG = 6e6;
async function timelineOf(instanceId, events) {
  const tree = new RunTree();
  let ended;
  let problem;
  try {
    for await (const { event } of events) {
      tree.add(event);
      if (event.type === "ended") ended = event;
    }
  } catch (error) {
    if (!(error instanceof SequencerError) || tree.started === void 0) throw error;
    problem = `${error.message} ${error.fix}`;
  }
  return [
    ...headOf(instanceId, tree.started, ended),
    ...fenced("text", fitLines(drawRun(tree, instanceId, PLAIN, WIDTH))),
    ...problem === void 0 ? [] : [`**From here on the log cannot be read.** ${problem}`, ""],
    ...outcomeOf(ended, instanceId),
    `Every event, one JSON object a line: ${logUri(instanceId)}`,
    ""
  ].join("\n");
}
function headOf(instanceId, started, ended) {
  const state = ended === void 0 ? "unfinished" : ended.state;
  return [`# Run of ${started?.program.name ?? "?"}: ${state}`, "", `Instance \`${instanceId}\``, ""];
}
function fitLines(lines) {
  const leftOut = lines.length - FIRST_LINES - LAST_LINES;
  if (leftOut <= 1) return lines;
  return [...lines.slice(0, FIRST_LINES), `… ${leftOut} lines left out …`, ...lines.slice(-LAST_LINES)];
}
function outcomeOf(ended, instanceId) {
  if (ended?.summary === void 0) return [];
  const json = jsonText(ended.summary, 2);
  if (json.length <= MAX_OUTCOME) return ["## Summary", "", ...fenced("json", [json])];
  const note = `It has ${json.length} characters; the last event of ${logUri(instanceId)} holds it.`;
  return ["## Summary", "", note, ""];
}
function fenced(language, lines) {
  return [`\`\`\`${language}`, ...lines, "```", ""];
}
async function logOf(instanceId, events) {
  const lines = [];
  let length = 0;
  for await (const { seq, event } of events) {
    const line = `${jsonText({ seq, ...event })}
`;
    length += line.length;
    if (length > MAX_LOG) throw tooLarge(instanceId);
    lines.push(line);
  }
  return lines.join("");
}
function tooLarge(instanceId) {
  return new SequencerError(
    "InvalidArguments",
    `The log of ${instanceId} has more than ${MAX_LOG} characters, which is too much for one message.`,
    `Read it on the machine: agent-sequencer show ${instanceId} --json, or the file ${instanceId}.jsonl in the state folder.`
  );
}

// src/server/resources.ts
var LISTED = 20;
var listResources = async (_, sequencer) => {
  const entries = await sequencer.recent({ limit: LISTED });
  return { resources: entries.map(resourceOf) };
};
function resourceOf(entry) {
  const { instance_id, program, state, step_no, updated_at } = entry;
  return {
    uri: timelineUri(instance_id),
    name: `${program || "run"} ${instance_id}`,
    title: `${program || "Run"}: ${state}`,
    description: entry.problem ?? `At step ${step_no}, last changed ${updated_at}.`,
    mimeType: MARKDOWN
  };
}
var listTemplates = async () => ({
  resourceTemplates: [
    {
      uriTemplate: TIMELINE_TEMPLATE,
      name: "timeline",
      title: "Timeline of a run",
      description: "What happened in a run, step by step, and its summary.",
      mimeType: MARKDOWN
    },
    {
      uriTemplate: LOG_TEMPLATE,
      name: "log",
      title: "Log of a run",
      description: "Every event of a run, one JSON object a line.",
      mimeType: JSON_LINES
    }
  ]
});
var readResource = async (params, sequencer) => {
  const uri = textOf(params, "uri");
  const name = parseUri(uri);
  if (name === void 0) {
    const shown = JSON.stringify(uri.slice(0, 200));
    throw protocolError(
      INVALID_PARAMS,
      `There is no resource ${shown}. There are ${TIMELINE_TEMPLATE} and ${LOG_TEMPLATE}, with the id of a run as sequencer_list shows it.`
    );
  }
  const events = sequencer.events(name.instanceId);
  const content = name.what === "log" ? { mimeType: JSON_LINES, text: await logOf(name.instanceId, events) } : { mimeType: MARKDOWN, text: await timelineOf(name.instanceId, events) };
  return { contents: [{ uri, ...content }] };
};
export {
  listResources,
  listTemplates,
  readResource
};
