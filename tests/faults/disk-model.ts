/**
 * What a disk may hold after a power loss, by a trace of the calls that were made to it.
 *
 * M1. Of a file, what a finished sync covers is there: the writes that were done when it began. Of the rest
 *     any part may be: nothing, the beginning, or some pages, the others being NULs.
 * M2. Of a folder, the names are there that a finished sync of this folder covers. Of later changes of names
 *     any may have happened, in any order. A rename happens wholly or not at all. Syncing a file does not sync
 *     its name.
 * M3. A call that has begun and not ended may have done its work or not.
 */

import { dirname } from "node:path";
import type { CallRecord, TraceRecord } from "./trace.ts";

export type Tree = Map<string, Tree | Buffer>;

interface Write {
  readonly position: number;
  readonly bytes: Buffer;
  settled: boolean;
}

interface FileNode {
  readonly kind: "file";
  durable: Buffer;
  pending: Write[];
}

/** Of names in one folder: `undefined` takes the name away. */
interface Change {
  readonly names: readonly (readonly [name: string, node: Node | undefined])[];
  settled: boolean;
}

interface FolderNode {
  readonly kind: "folder";
  durable: Map<string, Node>;
  pending: Change[];
}

type Node = FileNode | FolderNode;

/** What has begun, by the number of its call. */
interface UnderWay {
  readonly opened?: Node;
  readonly effects: readonly (Write | Change)[];
  readonly synced?: { readonly node: Node; readonly covered: ReadonlySet<Write | Change> };
}

const PAGES = [32, 512, 4096];

export class DiskModel {
  private readonly rootPath: string;
  private readonly root: FolderNode;
  private readonly open = new Map<number, Node>();
  private readonly underWay = new Map<number, UnderWay>();

  /** @param tree all of it durable */
  constructor(rootPath: string, tree: Tree) {
    this.rootPath = rootPath;
    this.root = nodeOf(tree) as FolderNode;
  }

  take(record: TraceRecord): void {
    if ("process" in record) {
      this.open.clear();
      this.underWay.clear();
    } else if ("call" in record) this.underWay.set(record.call, this.begin(record));
    else if ("done" in record) this.finish(record.done, record.fd);
  }

  /** What is there after a power loss now. @param random without it, nothing that was not synced */
  survivors(random?: () => number): Tree {
    const seen = new Map<Node, Tree | Buffer>();
    const survivor = (node: Node): Tree | Buffer => {
      let left = seen.get(node);
      if (left === undefined) {
        left = node.kind === "file" ? remainsOf(node, random) : new Map<string, Tree | Buffer>();
        seen.set(node, left);
        if (node.kind === "folder") {
          for (const [name, child] of namesIn(node, random)) (left as Tree).set(name, survivor(child));
        }
      }
      return left;
    };
    return survivor(this.root) as Tree;
  }

  /** What is there as long as the power is. */
  present(): Tree {
    return treeOf(this.root) as Tree;
  }

  private begin(call: CallRecord): UnderWay {
    switch (call.name) {
      case "open":
        return { opened: this.find(call.path), effects: [] };
      case "create": {
        const there = this.find(call.path);
        if (there !== undefined) return { opened: there, effects: [] };
        const file: FileNode = { kind: "file", durable: Buffer.alloc(0), pending: [] };
        return { opened: file, effects: this.change(call.path, [[call.path, file]]) };
      }
      case "mkdir":
        return { effects: this.makeFolders(call.path) };
      case "link": {
        const node = this.find(call.path);
        const isNew = node !== undefined && this.find(call.to!) === undefined;
        return { effects: isNew ? this.change(call.to!, [[call.to!, node]]) : [] };
      }
      case "rename": {
        const node = this.find(call.path);
        if (node === undefined) return { effects: [] };
        const moved = [[call.to!, node] as const, [call.path, undefined] as const];
        return { effects: this.change(call.path, moved) };
      }
      case "unlink":
      case "rm": {
        if (this.find(call.path) === undefined) return { effects: [] };
        return { effects: this.change(call.path, [[call.path, undefined]]) };
      }
      case "write":
        return { effects: this.write(call) };
      case "sync": {
        const node = this.open.get(call.fd!);
        if (node === undefined) return { effects: [] };
        const covered = new Set<Write | Change>(node.pending.filter(({ settled }) => settled));
        return { effects: [], synced: { node, covered } };
      }
      case "read":
      case "chmod":
        return { effects: [] };
    }
  }

  private finish(number: number, fd: number | undefined): void {
    const { opened, effects, synced } = this.underWay.get(number)!;
    this.underWay.delete(number);
    if (opened !== undefined) this.open.set(fd!, opened);
    for (const effect of effects) effect.settled = true;
    if (synced !== undefined) fold(synced.node, synced.covered);
  }

  private write({ fd, bytes: base64 = "", position }: CallRecord): Write[] {
    const file = this.open.get(fd!);
    if (file?.kind !== "file") return [];
    const bytes = Buffer.from(base64, "base64");
    const write = { position: position ?? contentOf(file).length, bytes, settled: false };
    file.pending.push(write);
    return [write];
  }

  /** All in the folder that holds `path`. */
  private change(
    path: string,
    names: readonly (readonly [path: string, node: Node | undefined])[],
  ): Change[] {
    const folder = this.find(dirname(path));
    if (folder?.kind !== "folder") return [];
    if (names.some(([each]) => dirname(each) !== dirname(path)))
      throw new Error(`from folder to folder: ${path}`);
    const inside = names.map(([each, node]) => [each.slice(dirname(path).length + 1), node] as const);
    const change = { names: inside, settled: false };
    folder.pending.push(change);
    return [change];
  }

  private makeFolders(path: string): Change[] {
    if (this.find(path) !== undefined) return [];
    const above = path === this.rootPath ? [] : this.makeFolders(dirname(path));
    const folder: FolderNode = { kind: "folder", durable: new Map(), pending: [] };
    return [...above, ...this.change(path, [[path, folder]])];
  }

  private find(path: string): Node | undefined {
    if (path === this.rootPath) return this.root;
    if (!path.startsWith(`${this.rootPath}/`)) return undefined;
    const folder = this.find(dirname(path));
    if (folder?.kind !== "folder") return undefined;
    return applied(folder.durable, folder.pending).get(path.slice(dirname(path).length + 1));
  }
}

function nodeOf(content: Tree | Buffer): Node {
  if (Buffer.isBuffer(content)) return { kind: "file", durable: content, pending: [] };
  const durable = new Map([...content].map(([name, child]) => [name, nodeOf(child)]));
  return { kind: "folder", durable, pending: [] };
}

function treeOf(node: Node): Tree | Buffer {
  if (node.kind === "file") return contentOf(node);
  const names = applied(node.durable, node.pending);
  return new Map([...names].map(([name, child]) => [name, treeOf(child)]));
}

function fold(node: Node, covered: ReadonlySet<Write | Change>): void {
  if (node.kind === "file") {
    node.durable = written(
      node.durable,
      node.pending.filter((write) => covered.has(write)),
    );
    node.pending = node.pending.filter((write) => !covered.has(write));
  } else {
    node.durable = applied(
      node.durable,
      node.pending.filter((change) => covered.has(change)),
    );
    node.pending = node.pending.filter((change) => !covered.has(change));
  }
}

function applied(names: ReadonlyMap<string, Node>, changes: readonly Change[]): Map<string, Node> {
  const result = new Map(names);
  for (const change of changes) {
    for (const [name, node] of change.names) {
      if (node === undefined) result.delete(name);
      else result.set(name, node);
    }
  }
  return result;
}

function contentOf(file: FileNode): Buffer {
  return written(file.durable, file.pending);
}

function written(content: Buffer, writes: readonly Write[]): Buffer {
  let result = content;
  for (const { position, bytes } of writes) {
    const grown = Buffer.alloc(Math.max(result.length, position + bytes.length));
    result.copy(grown);
    bytes.copy(grown, position);
    result = grown;
  }
  return result;
}

function namesIn({ durable, pending }: FolderNode, random?: () => number): Map<string, Node> {
  if (random === undefined) return durable;
  const way = random();
  if (way < 0.2) return durable;
  if (way < 0.4) return applied(durable, pending);
  if (way < 0.6) return applied(durable, pending.slice(0, Math.floor(random() * (pending.length + 1))));
  return applied(
    durable,
    pending.filter(() => random() < 0.5),
  );
}

function remainsOf(file: FileNode, random?: () => number): Buffer {
  const { durable } = file;
  if (random === undefined || file.pending.length === 0) return durable;
  const content = contentOf(file);
  const way = random();
  if (way < 0.15) return durable;
  if (way < 0.3) return content;
  const length = durable.length + Math.floor(random() * (content.length - durable.length + 1));
  const remains = Buffer.from(content.subarray(0, way < 0.7 ? length : content.length));
  // The size of a file may be there before what it counts.
  if (way < 0.5) return remains;
  const page = PAGES[Math.floor(random() * PAGES.length)]!;
  for (let at = durable.length; at < remains.length; at = (Math.floor(at / page) + 1) * page) {
    if (random() < 0.5) remains.fill(0, at, Math.min(remains.length, (Math.floor(at / page) + 1) * page));
  }
  return remains;
}
