/**
 * Whether a record that stands after its own place can have lost a race.
 *
 * Its writer saw the file end at the record's `off`: there the accepted events were as many as `seq` says, and
 * between the last of them and the end stood what its `gap` vouches for. All of that still stands in the file,
 * since nothing is ever rewritten, unless the record is where it is because bytes were inserted before it.
 */

import { crc32, crcHex } from "./checksum.ts";
import type { FileBytes, Places } from "./places.ts";
import { claimedGap, findWholeRecord, MARKER_BYTES, type RecordFields } from "./record.ts";

/** How far to look back first for the beginning of a record; long ones need more. */
const BACKWARD_BYTES = 4096;
const GROWTH = 4;

/** True if what the record says of its writer's view of the file was so. */
export function isViewTrue(file: FileBytes, places: Places, fields: RecordFields): boolean {
  const { bytes, crc } = claimedGap(fields);
  const gapStart = fields.off - bytes;
  if (gapStart <= 0) return false;
  const gap = places.bytesAt(file, gapStart, fields.off);
  return crcHex(crc32(gap)) === crc && endsInAccepted(file, places, gapStart, fields.seq - 1);
}

/** True if the accepted record with this `seq` ends at the place `end`: one that stands where it was written to. */
function endsInAccepted(file: FileBytes, places: Places, end: number, seq: number): boolean {
  for (let length = BACKWARD_BYTES; ; length *= GROWTH) {
    const start = Math.max(0, end - length);
    const bytes = places.bytesAt(file, start, end);
    const marker = bytes.lastIndexOf(MARKER_BYTES);
    if (marker !== -1) {
      const record = findWholeRecord(bytes.subarray(marker));
      const endsHere = record?.length === bytes.length - marker;
      return endsHere && record.fields.seq === seq && record.fields.off === start + marker;
    }
    if (start === 0) return false;
  }
}
