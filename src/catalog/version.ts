/**
 * A program version: everything a program is made of, linked and ready to be evaluated.
 *
 * V1. The version's name is the hash of its content; equal names mean equal content.
 * V2. What the program host receives is plain data: no file is read to evaluate a program.
 */

/** What an import inside a program leads to. */
export type ImportTarget =
  /** Another module of the program, by its id. */
  | { readonly module: string }
  /** Given by the server: `agent-sequencer`, `agent-sequencer/testing`, `zod` and `zod/...`. */
  | { readonly provided: string }
  /** A module of Node: `node:fs`. */
  | { readonly builtin: string }
  /**
   * A CommonJS package of the program's own folder: the file that it resolves to, and its name and version.
   * A package of ES modules is linked instead: its files are modules with ids that begin with `npm:`.
   */
  | { readonly file: string; readonly name: string; readonly version: string };

export interface LinkedModule {
  /**
   * Path relative to the program's root folder, with `/`: `hello.ts`, `review-rounds/triage.ts`. The root is
   * the innermost folder that holds all the local modules and the bundle folder.
   */
  readonly id: string;
  /** Where the author keeps it: the name in stack traces. */
  readonly filename: string;
  /** Where it lies in the version store: `import.meta.filename`. */
  readonly storedAt: string;
  /** `code` is CommonJS for "script", and the file's text for the others. */
  readonly kind: "script" | "json" | "text";
  readonly code: string;
  /** Of a "script": the `mappings` of the source map from `code` to what the author wrote. */
  readonly map?: string;
  readonly imports: { readonly [specifier: string]: ImportTarget };
  /** Names that `import { name }` asks of each specifier, types left out: checked at evaluation. */
  readonly names?: { readonly [specifier: string]: readonly string[] };
}

export interface ProgramVersion {
  /** 16 bytes of SHA-256 in hex. */
  readonly version: string;
  /** Name of the program's file without its ending; the program must define the same name. */
  readonly name: string;
  /** Id of the module that default-exports the program. */
  readonly entry: string;
  readonly modules: { readonly [id: string]: LinkedModule };
}

/** A program file that was found, before it is linked. */
export interface ProgramFile {
  readonly name: string;
  /** Where it was found. */
  readonly file: string;
  /** Where it really lies: imports and the bundle folder are looked for from there. */
  readonly realpath: string;
  readonly source: "project" | "user" | "bundled";
}

/** Why a program cannot be used, with its place where there is one. */
export interface ProgramProblem {
  readonly name: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}
