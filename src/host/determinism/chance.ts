/**
 * Seeded chance: one stream of numbers for each scope of an instance.
 *
 * C1. Seed and scope alone decide a stream, so what one branch draws does not depend on the others.
 * C2. The generator (xoshiro128**), its seeding and how each value is made of its output are part of the
 *     history format: runs in flight replay with them. `tests/host/determinism-chance.test.ts` pins them.
 */

import { createHash } from "node:crypto";

/** State of the generator: four 32-bit words, not all zero. */
export type Words = readonly [number, number, number, number];

export class Chance {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor([a, b, c, d]: Words) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /** A whole number from 0, below 2^32. */
  uint32(): number {
    const result = Math.imul(rotate(Math.imul(this.b, 5), 7), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotate(this.d, 11);
    return result;
  }

  /** From 0, below 1, with 53 random bits: as `Math.random()`. */
  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  fill(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; ) {
      let word = this.uint32();
      for (const end = Math.min(i + 4, bytes.length); i < end; word >>>= 8) bytes[i++] = word & 0xff;
    }
  }

  /** A whole number from `min`, below `max`; every one as likely as the others. The range is at most 2^48. */
  integer(min: number, max: number): number {
    const range = max - min;
    const fair = 2 ** 48 - (2 ** 48 % range);
    for (;;) {
      const high = this.uint32() >>> 16;
      const drawn = high * 2 ** 32 + this.uint32();
      if (drawn < fair) return min + (drawn % range);
    }
  }

  /** Version 4. */
  uuid(): ReturnType<typeof crypto.randomUUID> {
    const bytes = Buffer.alloc(16);
    this.fill(bytes);
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}

/** The stream of a scope, at its beginning. */
export function chanceOf(seed: string, scope: string): Chance {
  const digest = createHash("sha256")
    .update(JSON.stringify([seed, scope]))
    .digest();
  return new Chance([0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as unknown as Words);
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
