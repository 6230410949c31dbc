/**
 * The main thread's view of the side effects that run in the program host.
 *
 * T1. Every effect that was ordered ends once: with its notice, cancelled, or with the worker it ran in.
 * T2. A cancelled effect stays known until its code has ended: it may still hold the thread.
 */

import type { ErrorInfo } from "../engine/event.ts";
import type { Json } from "../program/schema.ts";
import type { EffectNotice } from "./effect-messages.ts";

export type EffectEnd =
  | { readonly how: "value"; readonly value: Json }
  | { readonly how: "error"; readonly error: ErrorInfo }
  | { readonly how: "cancelled" }
  /** Its worker is gone, and nobody knows how far it came. */
  | { readonly how: "interrupted" }
  /** As `interrupted`, and it is to blame: it held the thread that all programs share. */
  | { readonly how: "blocked" };

export interface EffectHandle {
  readonly number: number;
  readonly end: Promise<EffectEnd>;
}

interface Entry {
  readonly instance: string;
  readonly resolve: (end: EffectEnd) => void;
  cancelled: boolean;
}

export class EffectTable {
  private readonly entries = new Map<number, Entry>();
  private nextNumber = 1;

  /** True while somebody waits for one. */
  get awaited(): boolean {
    return [...this.entries.values()].some(({ cancelled }) => !cancelled);
  }

  add(instance: string): EffectHandle {
    const number = this.nextNumber++;
    const end = new Promise<EffectEnd>((resolve) => {
      this.entries.set(number, { instance, resolve, cancelled: false });
    });
    return { number, end };
  }

  finish({ effect, value, error }: EffectNotice): void {
    this.end(effect, error === undefined ? { how: "value", value: value ?? null } : { how: "error", error });
  }

  /** False if there is nothing to cancel any more. */
  cancel(number: number): boolean {
    const entry = this.entries.get(number);
    if (entry === undefined || entry.cancelled) return false;
    entry.cancelled = true;
    entry.resolve({ how: "cancelled" });
    return true;
  }

  interrupt(number: number): void {
    this.end(number, { how: "interrupted" });
  }

  /**
   * Whoever may hold the thread: the effect whose function did not come back, or all that wait for something.
   *
   * @param entered the effect that was entered last, 0 if it has come back
   */
  suspects(entered: number): Set<number> {
    if (this.entries.has(entered)) return new Set([entered]);
    return new Set([...this.entries].filter(([, { cancelled }]) => !cancelled).map(([number]) => number));
  }

  /** The worker is gone. */
  endAll(blamed: ReadonlySet<number>): void {
    for (const number of [...this.entries.keys()]) {
      this.end(number, { how: blamed.has(number) ? "blocked" : "interrupted" });
    }
  }

  private end(number: number, end: EffectEnd): void {
    this.entries.get(number)?.resolve(end);
    this.entries.delete(number);
  }
}
