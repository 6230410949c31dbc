/** How much room things take in an answer: characters of its JSON, which is what clients count. */

/** What a client shows its model of one result. Measured: beyond it, it spills to a file or is cut. */
export function limitOf(clientName: string | undefined): number {
  return clientName?.startsWith("claude-code") ? 40_000 : 12_000;
}

export function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

/** The text, or as much of its beginning as takes `room` characters in JSON, with an ellipsis. */
export function fitText(text: string, room: number): string {
  if (text.length <= room && sizeOf(text) <= room + 2) return text;
  let taken = 1;
  let kept = "";
  for (const character of text) {
    taken += sizeOf(character) - 2;
    if (taken > room) break;
    kept += character;
  }
  return `${kept}…`;
}
