/**
 * Choices that are made up, always in the same way: each place where something can be chosen takes every
 * side in turn, and goes on at what looks like chance.
 *
 * C1. Depends on nothing but the places and how often each was asked.
 */

export class Choices {
  private readonly visits = new Map<string, number>();

  /** One of `count`, from 0. @param place the same for the same question */
  next(place: string, count: number): number {
    const visit = this.visits.get(place) ?? 0;
    this.visits.set(place, visit + 1);
    const first = hash(place);
    return (visit < count ? first + visit : hash(`${place} ${visit}`)) % count;
  }

  pick<T>(place: string, options: readonly T[]): T {
    return options[this.next(place, options.length)]!;
  }
}

/** FNV-1a, 32 bits, mixed once more so that the low bits are worth something. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value ^= text.charCodeAt(i);
    value = Math.imul(value, 0x01000193);
  }
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 12)) >>> 0;
}
