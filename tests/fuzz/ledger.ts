/**
 * Who may be answered, and who must be: an account of a client's own stream that shares no code with the server.
 *
 * L1. A request with a usable id is answered once, whatever else is wrong with it, unless it was cancelled.
 * L2. A line whose id cannot be known for sure may be answered once, with an id that stands whole in it.
 * L3. Notifications and responses are never answered, nor is an id that was not sent.
 */

import type { Answer, RequestId } from "./raw-server.ts";

interface Account {
  readonly id: RequestId | null;
  must: number;
  may: number;
  answered: number;
  cancelled: boolean;
}

export class Ledger {
  private readonly accounts = new Map<string, Account>();
  private rest: Buffer[] = [];

  /** Takes what was sent. */
  send(bytes: Buffer): void {
    let from = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
      this.enter(Buffer.concat([...this.rest, bytes.subarray(from, end)]).toString("utf8"));
      this.rest = [];
      from = end + 1;
    }
    this.rest.push(bytes.subarray(from));
  }

  /** @returns why this answer should not be; `undefined` if it may */
  receive({ id }: Answer): string | undefined {
    const account = this.accounts.get(keyOf(id));
    if (account === undefined) return `an answer for ${JSON.stringify(id)}, which was never sent`;
    account.answered++;
    if (account.answered <= account.may) return undefined;
    return `${account.answered} answers for ${JSON.stringify(id)}, which was asked ${account.may} times`;
  }

  /** The requests that are still owed an answer. */
  get owed(): RequestId[] {
    return [...this.accounts.values()]
      .filter(({ must, answered, cancelled }) => !cancelled && answered < must)
      .map(({ id }) => id as RequestId);
  }

  private enter(line: string): void {
    if (line.trim() === "") return;
    let message: any;
    try {
      message = JSON.parse(line);
    } catch {
      this.enterBroken(line);
      return;
    }
    if (!isObject(message)) return;
    const { id, method } = message;
    if (!Object.hasOwn(message, "method")) {
      const content = Object.hasOwn(message, "result") ? message.result : message.error;
      if (isUsable(id) && !(isObject(content) && message.jsonrpc === "2.0")) this.may(id);
      return;
    }
    if (method === "notifications/cancelled") this.cancel(message.params?.requestId);
    if (isUsable(id)) this.must(id);
    else if (Object.hasOwn(message, "id")) this.may(null);
  }

  private enterBroken(line: string): void {
    this.may(null);
    const seen = new Set<string>();
    for (const [, text = ""] of line.matchAll(/"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+)\s*(?=[,}])/g)) {
      let id: unknown;
      try {
        id = JSON.parse(text);
      } catch {
        continue;
      }
      if (isUsable(id) && !seen.has(keyOf(id))) this.may(id);
      if (isUsable(id)) seen.add(keyOf(id));
    }
  }

  private must(id: RequestId): void {
    this.may(id);
    this.at(id).must++;
  }

  private may(id: RequestId | null): void {
    this.at(id).may++;
  }

  private cancel(id: unknown): void {
    if (isUsable(id)) this.at(id).cancelled = true;
  }

  private at(id: RequestId | null): Account {
    const key = keyOf(id);
    let account = this.accounts.get(key);
    if (account === undefined) {
      account = { id, must: 0, may: 0, answered: 0, cancelled: false };
      this.accounts.set(key, account);
    }
    return account;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isUsable(id: unknown): id is RequestId {
  return typeof id === "string" || Number.isSafeInteger(id);
}

/** `-0` is answered as `0`. */
function keyOf(id: RequestId | null): string {
  return JSON.stringify(id);
}
