/** Node, and the files that this package consists of. */

import { existsSync } from "node:fs";
import { error, type Finding, ok } from "./finding.ts";

const OLDEST = [20, 19] as const;
/** What a server, its programs, its commands and the client's hooks are started from. */
const FILES = ["cli.js", "host.js", "guard.js", "hook.cjs", "hook-verdicts.cjs"];

export function examineNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (isNewEnough) return ok("node", `Node ${version}`);
  return error(
    "node",
    `Node ${version} is too old; at least ${OLDEST.join(".")} is needed`,
    "Install a newer Node, and make sure that the client finds it first on its PATH.",
  );
}

/** @param dist URL of the folder */
export function examineInstallation(dist: URL): Finding {
  const missing = FILES.filter((file) => !existsSync(new URL(file, dist)));
  if (missing.length === 0) return ok("installation", `all of dist/ is there (${dist.pathname})`);
  return error(
    "installation",
    `dist/ lacks ${missing.join(", ")} (${dist.pathname})`,
    "Install agent-sequencer again; in a clone of its repository: npm run build.",
  );
}
