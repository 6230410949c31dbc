/**
 * Places in the log against positions in the file.
 *
 * P1. A *place* counts the bytes of the log as its writers knew it; a *position* counts those of the file.
 *     They differ by the *holes*: lines that somebody doubled, and blank ones. No writer ever writes either,
 *     so a hole never moves the places of what was written after it.
 * P2. Holes only come at the end of what was read, in order.
 */

export interface FileBytes {
  /** Exactly the bytes of the file from `start` up to `end`, or fewer where it ends. */
  bytesAt(start: number, end: number): Buffer;
}

interface Hole {
  /** The place of what follows the hole. */
  readonly place: number;
  /** What all holes up to and with this one take. */
  total: number;
}

export class Places {
  #holes: Hole[] = [];

  get holesTotal(): number {
    return this.#holes.at(-1)?.total ?? 0;
  }

  /** The place of a position behind all holes. */
  placeOf(position: number): number {
    return position - this.holesTotal;
  }

  addHole(position: number, length: number): void {
    const place = this.placeOf(position);
    const last = this.#holes.at(-1);
    if (last?.place === place) last.total += length;
    else this.#holes.push({ place, total: this.holesTotal + length });
  }

  positionOf(place: number): number {
    const hole = this.#holes.findLast((candidate) => candidate.place <= place);
    return place + (hole?.total ?? 0);
  }

  /** The bytes that stand at the places from `start` up to `end`, without the holes. */
  bytesAt(file: FileBytes, start: number, end: number): Buffer {
    const cuts = this.#holes.map((hole) => hole.place).filter((place) => place > start && place < end);
    const edges = [start, ...cuts, end];
    const parts = edges
      .slice(1)
      .map((to, i) => file.bytesAt(this.positionOf(edges[i]!), this.positionOf(edges[i]!) + to - edges[i]!));
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }
}
