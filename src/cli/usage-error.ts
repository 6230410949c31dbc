/** The command was called in a way that makes no sense; nothing was done. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
