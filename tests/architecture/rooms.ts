/** The rooms of the house and which way imports may run between them: the design's drawing, as data. */

export type Room =
  | "leaf"
  | "program"
  | "engine"
  | "log"
  | "catalog"
  | "host"
  | "guard"
  | "authoring"
  | "instances"
  | "server"
  | "cli"
  | "hooks"
  | "hook"
  | "index"
  | "testing";

interface Rule {
  /** Rooms whose values it may use; its own and the leaves are always open to it. */
  readonly values: readonly Room[];
  /** Rooms of which it may name types only. */
  readonly types: readonly Room[];
  /** Packages it may import; absent: any but the MCP SDK. */
  readonly packages?: readonly string[];
  /** May it import modules of Node? */
  readonly node: boolean;
}

const below = {
  engine: ["program"],
  instances: ["log", "catalog", "host", "guard", "engine", "program"],
  server: ["instances", "log", "catalog", "host", "engine", "program"],
  testing: ["instances", "catalog", "host", "engine", "program"],
  authoring: ["testing", "instances", "log", "catalog", "host", "engine", "program"],
  cli: ["authoring", "server", "instances", "log", "catalog", "host", "engine", "program"],
} as const;

export const RULES: Readonly<Record<Room, Rule>> = {
  leaf: { values: [], types: [], packages: [], node: true },
  program: { values: [], types: [], packages: [], node: false },
  engine: { values: below.engine, types: [], packages: ["ajv", "ajv-formats"], node: false },
  log: { values: [], types: ["engine", "program"], node: true },
  catalog: { values: [], types: ["engine", "program"], node: true },
  // The host hands the author API, all of it, to the programs that it evaluates.
  host: { values: ["engine", "program", "index"], types: ["catalog"], node: true },
  // A process of its own for each command.
  guard: { values: [], types: ["program"], packages: [], node: true },
  instances: { values: below.instances, types: [], node: true },
  server: { values: below.server, types: [], packages: undefined, node: true },
  cli: { values: below.cli, types: [], node: true },
  // A process for each thing that the agent does: no packages.
  hooks: { values: ["instances", "log", "engine", "program"], types: [], packages: [], node: true },
  // Its entry, which loads the rest only when there may be something to say.
  hook: { values: ["hooks"], types: [], packages: [], node: true },
  index: { values: ["program"], types: [], packages: [], node: false },
  // What the commands for authors do: check, dry runs.
  authoring: { values: below.authoring, types: [], node: true },
  testing: { values: below.testing, types: [], node: true },
};

/** Modules that a room may use of another one all the same, each with its reason. */
export const EXCEPTIONS: Readonly<Partial<Record<Room, readonly string[]>>> = {
  // The form of compiled code: the catalog compiles for it, the host calls it.
  host: ["catalog/module-function.ts"],
  // Where the state folder lies is said once.
  hook: ["cli/places.ts"],
};

/** Only this room speaks MCP. */
export const SDK_ROOM: Room = "server";

const LEAVES = ["errors.ts", "package.ts"];

/** The room of a file, by its path under `src/`. */
export function roomOf(path: string): Room {
  if (LEAVES.includes(path)) return "leaf";
  const [first] = path.split("/");
  const name = first!.replace(/\.ts$/, "");
  if (Object.hasOwn(RULES, name)) return name as Room;
  throw new Error(`src/${path} lies in no room of tests/architecture/rooms.ts; is it a new one?`);
}
