import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/errors.ts
var ERROR_FIXES = {
  // Arguments
  InvalidArguments: "Correct the named arguments and call the tool again.",
  InvalidInstanceId: "Pass the instance_id exactly as sequencer_start answered it; sequencer_list shows all of them.",
  UnknownInstance: "Call sequencer_list for the instances of this state folder.",
  UnknownProgram: "Call sequencer_list_programs for the names that exist.",
  ProgramNotLoadable: "Correct the program file at the place named, then call again.",
  InvalidParams: "Correct the named params and call sequencer_start again.",
  RequestIdReused: "Use a new request_id for a new run; the same one must come with the same program and params.",
  // Driving
  OutOfSync: "Call sequencer_current and answer the step it shows.",
  InstanceEnded: "Nothing is awaited any more; report the result and close the instance with sequencer_close.",
  ReplyTooLarge: "Write the large content to a file and reply with its path.",
  ReplyTooDeep: "Reply with a flatter structure, or write it to a file and reply with its path.",
  ReplyCheckTimedOut: "Send a shorter reply; if that does not help, simplify the pattern in the step's schema.",
  // Programs
  ProgramStalled: 'Correct the program, then call sequencer_resume with program_version: "latest"; without it the recorded version is tried again.',
  ProgramDiverged: "Resume without program_version to stay with the recorded version, or fork.",
  PackagesChanged: 'Install the recorded versions of the packages again, or resume with program_version: "latest".',
  VersionMissing: 'Restore the folder from a backup, or resume with program_version: "latest", or start a new instance.',
  VersionDamaged: 'Restore the folder from a backup, or resume with program_version: "latest", or start a new instance.',
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
  CorruptedLog: "Call sequencer_fork for a new instance with the history before the damage; nothing was changed in the file.",
  LogFromNewerVersion: "Update agent-sequencer; this log was written by a newer version.",
  OutcomeUnknown: "Send the same call again: if the first one was recorded it is recognised.",
  StorageFailed: "Free or repair the disk, then call sequencer_fork for a new instance with this history; this log can no longer be trusted.",
  InvalidExport: "Export the run again where it is, and carry the file over as it is.",
  // Us
  InternalError: "This is a bug in agent-sequencer; please report it with the message and the log."
};
var SequencerError = class extends Error {
  code;
  fix;
  /** What a program can read of the error; plain JSON. */
  details;
  constructor(code, message, fix, options = {}) {
    const { details, ...rest } = options;
    super(message, rest);
    this.name = code;
    this.code = code;
    this.fix = fix ?? ERROR_FIXES[code];
    if (details !== void 0) this.details = details;
  }
};
var MAX_MESSAGE = 8e3;
function toErrorAnswer(thrown) {
  if (thrown instanceof SequencerError) {
    const { code, fix, details } = thrown;
    const message = cut(thrown.message);
    return { ok: false, error: code, message, fix, ...details !== void 0 && { details } };
  }
  return { ok: false, error: "InternalError", message: cut(textOf(thrown)), fix: ERROR_FIXES.InternalError };
}
function cut(text, length = MAX_MESSAGE) {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters)`;
}
function textOf(thrown) {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return "something was thrown that throws when it is looked at";
  }
}

export {
  ERROR_FIXES,
  SequencerError,
  toErrorAnswer,
  cut
};
