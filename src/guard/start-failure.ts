/** Why a command could not be started, in words that say what to do. */

import { existsSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";

export interface StartFailure {
  readonly type: string;
  readonly message: string;
}

/** `undefined`: the folder is there. */
export function workingFolderFailure(cwd: string): StartFailure | undefined {
  let fact: string;
  try {
    if (statSync(cwd).isDirectory()) return undefined;
    fact = "is not a folder";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    fact = code === "ENOENT" ? "does not exist" : `cannot be used (${code})`;
  }
  return {
    type: "WorkingFolderUnusable",
    message: `the working folder ${cwd} ${fact}; pass another one as cwd, absolute or relative to the project folder`,
  };
}

export function startFailure(file: string, cwd: string, error: NodeJS.ErrnoException): StartFailure {
  const { code = error.message } = error;
  if (code === "ENOENT") return { type: "CommandNotFound", message: notFound(file, cwd) };
  if (code === "EACCES") {
    return {
      type: "CommandNotExecutable",
      message: `'${file}' may not be executed; make it executable (chmod +x), or run it with its interpreter: command("sh", ["${file}"])`,
    };
  }
  if (code === "E2BIG") {
    return {
      type: "CommandTooLong",
      message: `the arguments and the environment of '${file}' are larger than the system allows; pass large texts as input`,
    };
  }
  return { type: "CommandNotStarted", message: `'${file}' could not be started: ${code}` };
}

function notFound(file: string, cwd: string): string {
  if (!file.includes("/")) {
    return `'${file}' was not found on the PATH; install it, or give its path. There is no shell: for built-ins and pipes use command("sh", ["-c", "..."])`;
  }
  const path = isAbsolute(file) ? file : resolve(cwd, file);
  if (!existsSync(path)) return `there is no file ${path}`;
  return `the interpreter that the first line of ${path} names was not found`;
}
