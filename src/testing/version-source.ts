/** A linked program as the source of runs; nothing of it is read from files any more. */

import type { LinkedModule, ProgramVersion } from "../catalog/version.ts";
import { createBuiltins } from "../host/determinism/builtins.ts";
import { evaluateProgram } from "../host/evaluate-program.ts";
import { provide } from "../host/provided.ts";
import { errorInfo, placeOf } from "../host/stack.ts";
import type { Source } from "./source.ts";

/** Its evaluation sees Node's modules as programs do. */
export function sourceOfVersion(version: ProgramVersion): Source {
  return {
    name: version.name,
    version: version.version,
    evaluate: () => evaluateProgram(version, provide, { requireBuiltin: createBuiltins() }),
    describeError: (error) => errorInfo(error, version),
    placeOf: (stack) => placeOf(stack, version),
  };
}

/** The version with its modules where the author keeps them: it need not be stored to be run. */
export function inPlace(version: ProgramVersion): ProgramVersion {
  const modules: { [id: string]: LinkedModule } = {};
  for (const [id, module] of Object.entries(version.modules)) {
    modules[id] = { ...module, storedAt: module.filename };
  }
  return { ...version, modules };
}
