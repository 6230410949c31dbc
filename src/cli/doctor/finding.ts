/** What the doctor says of one thing: a fact, how bad it is, and what to do about it. */

export interface Finding {
  readonly about: "node" | "installation" | "state folder" | "programs" | "runs" | "leases";
  /** `error`: something does not work. `warning`: it works, but may not for long, or not everywhere. */
  readonly status: "ok" | "warning" | "error";
  readonly fact: string;
  readonly fix?: string;
}

export const ok = (about: Finding["about"], fact: string): Finding => ({ about, status: "ok", fact });

export const warning = (about: Finding["about"], fact: string, fix: string): Finding => ({
  about,
  status: "warning",
  fact,
  fix,
});

export const error = (about: Finding["about"], fact: string, fix: string): Finding => ({
  about,
  status: "error",
  fact,
  fix,
});
