/** `programs/loop.ts` without us: the same work between the yields, nothing else. */
export async function* loop(steps) {
  let characters = 0;
  for (let i = 1; i <= steps; i += 1) {
    const { text } =
      yield `Read section ${i} of the document, check every statement in it against the sources, and reply with a summary of what you found: which statements hold, which do not, and what is missing.`;
    characters += text.length;
  }
  return { characters };
}
