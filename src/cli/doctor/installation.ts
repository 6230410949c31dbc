/** Node, and the files that this package consists of. */

import { existsSync } from "node:fs";
import { isNodeTooOld, OLDEST_NODE } from "../../package.ts";
import { error, type Finding, ok } from "./finding.ts";

/** What a server, its programs, its commands and the client's hooks are started from. */
const FILES = ["cli.js", "host.js", "guard.js", "transform.js", "hook.cjs", "hook-verdicts.cjs"];

export function examineNode(version = process.versions.node): Finding {
  if (!isNodeTooOld(version)) return ok("node", `Node ${version}`);
  return error(
    "node",
    `Node ${version} is too old; at least ${OLDEST_NODE.join(".")} is needed`,
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
