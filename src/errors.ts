/**
 * Every error the product can answer with: one table of codes, each with the fix to suggest when the
 * place that raises it knows nothing better. A leaf: imports nothing, so every room may import it.
 *
 * Messages say what was wrong; fixes say what to do next, in words an agent can act on.
 */

/** Code -> what to do about it, unless the thrower knows better. `docs/errors.md` has a page section for each. */
export const ERROR_FIXES = {
  // Arguments
  InvalidArguments: "Correct the named arguments and call the tool again.",
  InvalidInstanceId:
    "Pass the instance_id exactly as sequencer_start answered it; sequencer_list shows all of them.",
  UnknownInstance: "Call sequencer_list for the instances of this state folder.",
  UnknownProgram: "Call sequencer_list_programs for the names that exist.",
  ProgramNotLoadable: "Correct the program file at the place named, then call again.",
  InvalidParams: "Correct the named params and call sequencer_start again.",
  RequestIdReused:
    "Use a new request_id for a new run; the same one must come with the same program and params.",
  // Driving
  OutOfSync: "Call sequencer_current and answer the step it shows.",
  InstanceEnded:
    "Nothing is awaited any more; report the result and close the instance with sequencer_close.",
  ReplyTooLarge: "Write the large content to a file and reply with its path.",
  ReplyTooDeep: "Reply with a flatter structure, or write it to a file and reply with its path.",
  ReplyCheckTimedOut:
    "Send a shorter reply; if that does not help, simplify the pattern in the step's schema.",
  // Programs
  ProgramStalled:
    'Correct the program, then call sequencer_resume with program_version: "latest"; without it the recorded version is tried again.',
  ProgramDiverged: "Resume without program_version to stay with the recorded version, or fork.",
  PackagesChanged:
    'Install the recorded versions of the packages again, or resume with program_version: "latest".',
  VersionMissing:
    'Restore the folder from a backup, or resume with program_version: "latest", or start a new instance.',
  VersionDamaged:
    'Restore the folder from a backup, or resume with program_version: "latest", or start a new instance.',
  StepNotYielded: "Write `yield*` in front of the step: const reply = yield* instruct(...).",
  UnknownSignal: "Use one of the signals that the program declares.",
  InvalidSignal: "Correct the value at the places named and send the signal again; nothing was recorded.",
  NotAStep: "Yield a step: `yield* instruct(text, { reply })`.",
  InvalidSchema: "Correct the schema; it must be a zod schema or a JSON Schema (2020-12 or draft-07).",
  SchemaNotJson: "Make the schema's output JSON: no Date, Map, BigInt or class instances.",
  SummaryNotJson: "Return plain JSON from run: objects, arrays, strings, finite numbers, booleans, null.",
  CleanupTooLong: "Let `finally` blocks end within a few steps; they must not start the work anew.",
  NondeterministicCall: "Move the call into a sideEffect, whose result is recorded.",
  // Storage
  StateDirUnusable: "Make the state folder a writable folder, or set AGENT_SEQUENCER_STATE_DIR to one.",
  CorruptedLog:
    "Call sequencer_fork for a new instance with the history before the damage; nothing was changed in the file.",
  LogFromNewerVersion: "Update agent-sequencer; this log was written by a newer version.",
  OutcomeUnknown: "Send the same call again: if the first one was recorded it is recognised.",
  StorageFailed:
    "Free or repair the disk, then call sequencer_fork for a new instance with this history; this log can no longer be trusted.",
  InvalidExport: "Export the run again where it is, and carry the file over as it is.",
  // Us
  InternalError: "This is a bug in agent-sequencer; please report it with the message and the log.",
} as const;

export type ErrorCode = keyof typeof ERROR_FIXES;

/**
 * An error a user or agent can act on.
 *
 * @example throw new SequencerError("UnknownProgram", "There is no program named 'helo'.");
 */
export class SequencerError extends Error {
  readonly code: ErrorCode;
  readonly fix: string;
  /** What a program can read of the error; plain JSON. */
  readonly details?: ErrorDetails;

  constructor(
    code: ErrorCode,
    message: string,
    fix?: string,
    options: ErrorOptions & { readonly details?: ErrorDetails } = {},
  ) {
    const { details, ...rest } = options;
    super(message, rest);
    this.name = code;
    this.code = code;
    this.fix = fix ?? ERROR_FIXES[code];
    if (details !== undefined) this.details = details;
  }
}

export type ErrorDetails = { readonly [name: string]: unknown };

/** Characters of a message that are answered, or recorded. */
const MAX_MESSAGE = 8_000;

/** The error as the tools answer it: what `structured clone` and JSON keep of it. */
export interface ErrorAnswer {
  ok: false;
  error: ErrorCode;
  message: string;
  fix: string;
  details?: ErrorDetails;
}

/** Any thrown thing as an answer; what is not ours is an `InternalError` that keeps its message. */
export function toErrorAnswer(thrown: unknown): ErrorAnswer {
  if (thrown instanceof SequencerError) {
    const { code, fix, details } = thrown;
    const message = cut(thrown.message);
    return { ok: false, error: code, message, fix, ...(details !== undefined && { details }) };
  }
  return { ok: false, error: "InternalError", message: cut(textOf(thrown)), fix: ERROR_FIXES.InternalError };
}

/** A text that may quote what somebody sent or wrote, which may be of any length. */
export function cut(text: string, length = MAX_MESSAGE): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters)`;
}

function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return "something was thrown that throws when it is looked at";
  }
}
