/** A folder in memory, as the log and the version store would find it on a disk: to look at many at little cost. */

import { expect } from "vitest";
import { digest, type Manifest, versionOf } from "../../src/catalog/content.ts";
import { type Event, FORMAT_VERSION, isKnownEventType } from "../../src/engine/event.ts";
import type { FileFacts, LogFiles } from "../../src/log/log-files.ts";
import { createLogStore } from "../../src/log/log-store.ts";
import type { Tree } from "./disk-model.ts";

const STATE = "/state";

/** The logs of a state folder, as any reader has them. @throws what the log throws, were it on a disk */
export async function logsIn(state: Tree): Promise<Map<string, Event[]>> {
  const files = new TreeFiles(state) as unknown as LogFiles;
  const known = { isKnownType: isKnownEventType, formatVersion: FORMAT_VERSION };
  const store = createLogStore({ stateDir: STATE, files, ...known });
  const logs = new Map<string, Event[]>();
  for (const { instanceId } of store.list()) {
    const events: Event[] = [];
    const log = store.open(instanceId);
    for await (const batch of log.readOn()) events.push(...batch.events);
    log.close();
    logs.set(instanceId, events);
  }
  return logs;
}

/** The version is there, whole and unchanged. */
export function checkVersion(state: Tree, version: string): void {
  const folder = at(state, `versions/${version}`);
  expect(folder, `the program's version ${version}`).toBeInstanceOf(Map);
  const manifest = at(folder as Tree, "manifest.json");
  const read = JSON.parse(String(manifest)) as Manifest;
  expect(versionOf({ entry: read.entry, files: read.files, packages: read.packages })).toBe(version);
  for (const [id, sha256] of read.files) {
    expect(digest(at(folder as Tree, `files/${id}`) as Buffer), id).toBe(sha256);
  }
}

export function at(tree: Tree, path: string): Tree | Buffer | undefined {
  let found: Tree | Buffer | undefined = tree;
  for (const name of path.split("/").filter(Boolean)) {
    found = found instanceof Map ? found.get(name) : undefined;
  }
  return found;
}

class TreeFiles implements Partial<LogFiles> {
  private readonly state: Tree;
  private readonly open: Buffer[] = [];

  constructor(state: Tree) {
    this.state = state;
  }

  openSync(path: string): number {
    const file = at(this.state, path.slice(STATE.length));
    if (!Buffer.isBuffer(file)) throw Object.assign(new Error(path), { code: "ENOENT" });
    return this.open.push(file) - 1;
  }

  closeSync(): void {}

  fstatSync(fd: number): FileFacts {
    return factsOf(this.open[fd]!);
  }

  lstatSync(path: string): FileFacts {
    return factsOf(at(this.state, path.slice(STATE.length))!);
  }

  readSync(fd: number, buffer: Buffer, offset: number, length: number, position: number): number {
    return this.open[fd]!.copy(buffer, offset, position, position + length);
  }

  readdirSync(): string[] {
    return [...this.state.keys()];
  }
}

function factsOf(content: Tree | Buffer): FileFacts {
  const isFile = Buffer.isBuffer(content);
  return { size: isFile ? content.length : 0, nlink: 1, mtimeMs: 0, isFile: () => isFile };
}
