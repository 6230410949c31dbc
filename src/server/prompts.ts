/**
 * Prompts: every program is one, which tells the agent to start it with these params and to drive it; and
 * `resume`, which goes on with a run. Loaded with the first request for one.
 *
 * P1. A prompt changes nothing: the agent starts the program, as it always does.
 * P2. What is missing or wrong in the arguments is no error: the agent is told to ask, or will be told by
 *     `sequencer_start`.
 */

import type { ProgramEntry, Sequencer } from "../instances/answer.ts";
import { nearest } from "./nearest.ts";
import { argumentsOf, paramsFrom } from "./prompt-arguments.ts";
import { INVALID_PARAMS, protocolError } from "./protocol-error.ts";
import { type Method, objectOf, textOf } from "./request.ts";

const DRIVE = `Carry out each step exactly as it says, and reply to it with sequencer_next, until the state is "completed", "aborted", "failed" or "cancelled". Then tell me the outcome and call sequencer_close.`;

export const INSTANCE_ARGUMENT = "instance_id";

export const listPrompts: Method = async (_, sequencer) => {
  const { programs } = await sequencer.listPrograms();
  const resume = {
    name: resumeName(programs),
    title: "Go on with a run",
    description: "Goes on with an unfinished run of a program.",
    arguments: [
      {
        name: INSTANCE_ARGUMENT,
        description: "The run; left out: the newest one that is unfinished",
        required: false,
      },
    ],
  };
  return { prompts: [...programs.map(promptOf), resume] };
};

function promptOf({ name, description, params_schema }: ProgramEntry): object {
  return { name, title: `Run ${name}`, description, arguments: argumentsOf(params_schema) };
}

export const getPrompt: Method = async (params, sequencer) => {
  const name = textOf(params, "name");
  const given = objectOf(params, "arguments");
  const { programs } = await sequencer.listPrograms();
  if (name === resumeName(programs)) return resumePrompt(given[INSTANCE_ARGUMENT], sequencer);
  const program = programs.find((candidate) => candidate.name === name);
  if (program === undefined) throw unknownPrompt(name, programs);
  return { description: program.description, messages: [said(startText(program, given))] };
};

/** A program may be called `resume` too. */
export function resumeName(programs: readonly ProgramEntry[]): string {
  const taken = new Set(programs.map(({ name }) => name));
  let name = "resume";
  while (taken.has(name)) name = `${name}-run`;
  return name;
}

function startText(
  { name, description, params_schema }: ProgramEntry,
  given: Record<string, unknown>,
): string {
  const known = argumentsOf(params_schema);
  for (const key of Object.keys(given)) {
    if (!known.some((argument) => argument.name === key)) throw unknownArgument(name, key, known);
  }
  const params = paramsFrom(params_schema, given);
  const missing = known.filter(({ name: key, required }) => required && !isGiven(given[key]));
  const call = JSON.stringify({ program: name, ...(params !== undefined && { params }) });
  return [
    `Run the agent-sequencer program '${name}': ${description}`,
    ...missing.map(
      ({ name: key, description }) =>
        `I have not said what '${key}' is${description === "" ? "" : ` (${description})`}: ask me before you start.`,
    ),
    `Call sequencer_start with ${call} and note the instance_id that it answers before anything else. ${DRIVE}`,
  ].join("\n\n");
}

function isGiven(text: unknown): boolean {
  return typeof text === "string" && text.trim() !== "";
}

async function resumePrompt(given: unknown, sequencer: Sequencer): Promise<object> {
  const instanceId = isGiven(given) ? (given as string).trim() : await newestUnfinished(sequencer);
  const program = await programOf(instanceId, sequencer);
  const text = [
    `Go on with the run ${instanceId} of the agent-sequencer program '${program}'.`,
    `Call sequencer_resume with ${JSON.stringify({ instance_id: instanceId })}: it shows what awaits a reply. ${DRIVE}`,
  ].join("\n\n");
  return { description: `Goes on with a run of '${program}'.`, messages: [said(text)] };
}

async function newestUnfinished(sequencer: Sequencer): Promise<string> {
  const [newest] = await sequencer.recent({ limit: 1, unfinished: true, elsewhere: true });
  if (newest === undefined) throw protocolError(INVALID_PARAMS, "There is no unfinished run.");
  return newest.instance_id;
}

/** @throws SequencerError `InvalidInstanceId`, `UnknownInstance` and what is wrong with its log */
async function programOf(instanceId: string, sequencer: Sequencer): Promise<string> {
  for await (const { event } of sequencer.events(instanceId)) {
    if (event.type === "started") return event.program.name;
  }
  return "";
}

function said(text: string): object {
  return { role: "user", content: { type: "text", text } };
}

function unknownPrompt(name: string, programs: readonly ProgramEntry[]): Error {
  const names = [...programs.map((program) => program.name), resumeName(programs)];
  const meant = nearest(name, names);
  const hint =
    meant === undefined ? `There are: ${names.slice(0, 20).join(", ")}.` : `Did you mean ${meant}?`;
  return protocolError(
    INVALID_PARAMS,
    `There is no prompt named ${JSON.stringify(name.slice(0, 80))}. ${hint}`,
  );
}

function unknownArgument(program: string, key: string, known: readonly { readonly name: string }[]): Error {
  const names = known.map(({ name }) => name);
  const meant = nearest(key, names);
  const hint =
    names.length === 0
      ? "It takes none."
      : meant === undefined
        ? `There are: ${names.join(", ")}.`
        : `Did you mean ${meant}?`;
  const shown = JSON.stringify(key.slice(0, 80));
  return protocolError(INVALID_PARAMS, `The prompt '${program}' has no argument ${shown}. ${hint}`);
}
