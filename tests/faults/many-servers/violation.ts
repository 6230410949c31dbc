/** What the checker finds, by kind. */

/** Each kind with what it says is wrong. */
export const KINDS = {
  // The log by itself
  "log-unreadable": "a record stands where no writer can have put it",
  "never-started": "the first event, and only that, is started",
  "time-goes-back": "an event is of before the one before it",
  "steps-not-dense": "steps are numbered 1, 2, 3, … as they are issued",
  "never-issued": "a step was settled that was never issued",
  "settled-twice": "a step was settled twice",
  "after-the-end": "a run that had ended went on",
  "heard-otherwise": "the program heard something else than its log says",
  // The log and what was sent
  "from-nowhere": "an event that nobody sent, or only callers who were told no",
  "applied-twice": "what was sent once stands in the log twice",
  "started-twice": "one start made two runs",
  "fork-otherwise": "a fork does not begin with the history of its origin",
  "refused-but-recorded": "a caller was told no, and the log says yes",
  // The log and what was told
  "acknowledged-lost": "a caller was told that it is recorded, and it is not",
  "two-winners": "two callers were told that theirs is the reply to a step",
  "shown-not-recorded": "an instruction was shown that the log does not have",
  "end-not-recorded": "an end was told that the log does not have",
  "never-was": "what an answer shows was never so at one time",
  // Time
  order: "an event stands before one that was seen when its sender had not yet called",
  "went-back": "an answer shows an earlier state than one that was given before it was asked for",
  // Effects
  "effect-otherwise": "an effect that is recorded as done was not done exactly so",
  // Answers
  "unexpected-error": "an error that nothing here can lead to",
  "no-answer": "a server that was alive did not answer",
} as const;

export type Kind = keyof typeof KINDS;

export interface Violation {
  readonly kind: Kind;
  readonly sentence: string;
}

export type Report = (kind: Kind, sentence: string) => void;
