/** Where things lie on this machine, from the environment. */

import { delimiter, join, resolve } from "node:path";

export interface Places {
  readonly stateDir: string;
  readonly projectDir: string;
  readonly home: string;
  /** Searched after the project's and the user's own programs; the bundled ones are last. */
  readonly programDirs: readonly string[];
}

export interface Surroundings {
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  readonly home: string;
  /** The folder of the bundled programs. */
  readonly bundled: string;
}

export function placesOf({ env, cwd, home, bundled }: Surroundings): Places {
  // Whoever starts a server from a configuration file has no shell that would know `~`.
  const absolute = (path: string) =>
    resolve(
      cwd,
      path.replace(/^~(?=$|\/)/, () => home),
    );
  const stateDir = env["AGENT_SEQUENCER_STATE_DIR"] || join(home, ".claude", "sequencer", "instances");
  const programDirs = (env["AGENT_SEQUENCER_PROGRAMS_DIR"] ?? "").split(delimiter).filter(Boolean);
  return {
    stateDir: absolute(stateDir),
    projectDir: absolute(env["CLAUDE_PROJECT_DIR"] || cwd),
    home,
    programDirs: [...programDirs.map(absolute), bundled],
  };
}
