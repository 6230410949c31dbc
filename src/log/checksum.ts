/**
 * CRC-32 as the log writes it, and what a CRC tells about damage.
 *
 * C1. CRC-32 is linear: two texts of one length that differ in one bit have checksums whose XOR depends only
 *     on where that bit is. So a single flipped bit can be told from any other damage without the original.
 */

import { crc32 as nativeCrc32 } from "node:zlib";

/** The CRC-32 of `bytes` after what `before` is the CRC-32 of. */
export function crc32(bytes: Uint8Array | string, before = 0): number {
  // Given no bytes, zlib may take that for its question after the initial value, and answers 0.
  return bytes.length === 0 ? before : nativeCrc32(bytes, before);
}

/** Eight lower-case hex digits. */
export function crcHex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

/** True if texts of `length` bytes with these two checksums can differ in exactly one bit. */
export function isOneBitApart(length: number, crcA: number, crcB: number): boolean {
  const difference = (crcA ^ crcB) >>> 0;
  const table = bytewiseTable();
  const syndromes = Array.from({ length: 8 }, (_, bit) => table[1 << bit]!);
  for (let fromEnd = 0; fromEnd < length; fromEnd++) {
    for (let bit = 0; bit < 8; bit++) {
      const syndrome = syndromes[bit]!;
      if (syndrome === difference) return true;
      syndromes[bit] = ((syndrome >>> 8) ^ table[syndrome & 0xff]!) >>> 0;
    }
  }
  return false;
}

/** How many bits differ between two texts of one length. */
export function bitsApart(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  for (let i = 0; i < a.length; i++) {
    for (let rest = a[i]! ^ b[i]!; rest !== 0; rest &= rest - 1) bits++;
  }
  return bits;
}

let cachedTable: Uint32Array | undefined;

function bytewiseTable(): Uint32Array {
  if (cachedTable === undefined) {
    cachedTable = new Uint32Array(256);
    for (let byte = 0; byte < 256; byte++) {
      let register = byte;
      for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ (register & 1 ? 0xedb88320 : 0);
      cachedTable[byte] = register >>> 0;
    }
  }
  return cachedTable;
}
