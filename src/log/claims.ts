/**
 * Claims of request ids: `<state>/requests/<sha256 of the request id>`, written once.
 *
 * C1. The first process to link a claim wins; everybody else reads it. So one request id names one instance.
 * C2. A claim is durable before it is answered, whoever wrote it.
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { SequencerError } from "../errors.ts";
import type { RequestClaim } from "./event-log.ts";
import { isInstanceId } from "./instance-id.ts";
import { type LogFiles, READ_FILE, readFully } from "./log-files.ts";
import {
  discard,
  linkTo,
  openTemporary,
  stateDirUnusable,
  syncFolder,
  unlinkIfThere,
  writeWhole,
} from "./publish.ts";

const LONGEST_CLAIM = 1 << 16;

/** Returns the claim that holds: `claim`, or an earlier one. */
export function claimRequest(
  files: LogFiles,
  stateDir: string,
  requestId: string,
  claim: RequestClaim,
): RequestClaim {
  const folder = join(stateDir, "requests");
  const path = claimPath(stateDir, requestId);
  try {
    const temporary = openTemporary(files, folder, nameOf(requestId));
    try {
      writeWhole(files, temporary.fd, encode(claim));
      files.fsyncSync(temporary.fd);
    } catch (error) {
      discard(files, temporary);
      throw error;
    }
    files.closeSync(temporary.fd);
    const isOurs = linkTo(files, temporary.path, path);
    syncFolder(files, folder);
    return isOurs ? claim : readClaim(files, path);
  } catch (error) {
    if (error instanceof SequencerError) throw error;
    throw stateDirUnusable(stateDir, error);
  }
}

/** Removes the claim of `requestId` if it stands for `instanceId`. */
export function releaseClaim(files: LogFiles, stateDir: string, requestId: string, instanceId: string): void {
  const path = claimPath(stateDir, requestId);
  let holder: string;
  try {
    holder = readClaim(files, path).instanceId;
  } catch {
    // No claim, or none that says whose it is: it stays, and whoever claims next is told.
    return;
  }
  if (holder === instanceId) unlinkIfThere(files, path);
}

function readClaim(files: LogFiles, path: string): RequestClaim {
  const fd = files.openSync(path, READ_FILE);
  try {
    const bytes = Buffer.alloc(LONGEST_CLAIM);
    const claim = decode(bytes.subarray(0, readFully(files, fd, bytes, 0)));
    if (claim !== undefined) return claim;
  } finally {
    files.closeSync(fd);
  }
  throw new SequencerError(
    "StateDirUnusable",
    `The file ${path} should say which instance a request_id started, but its content is damaged.`,
    "Remove that file, or use a new request_id.",
  );
}

function encode(claim: RequestClaim): Buffer {
  return Buffer.from(`${JSON.stringify({ instance_id: claim.instanceId, digest: claim.digest })}\n`);
}

function decode(bytes: Buffer): RequestClaim | undefined {
  try {
    const { instance_id: instanceId, digest } = JSON.parse(bytes.toString());
    return isInstanceId(instanceId) && typeof digest === "string" ? { instanceId, digest } : undefined;
  } catch {
    return undefined;
  }
}

function claimPath(stateDir: string, requestId: string): string {
  return join(stateDir, "requests", nameOf(requestId));
}

function nameOf(requestId: string): string {
  return createHash("sha256").update(requestId).digest("hex");
}
