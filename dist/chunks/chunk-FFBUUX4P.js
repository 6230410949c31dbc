import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);

// src/server/nearest.ts
function nearest(word, names) {
  const written = plain(word);
  let best;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const candidate = plain(name);
    const contained = written.length > 2 && (candidate.includes(written) || written.includes(candidate));
    const distance = contained ? 1 : edits(written.slice(0, 64), candidate);
    if (distance < least && (contained || distance <= Math.max(1, candidate.length / 3))) {
      best = name;
      least = distance;
    }
  }
  return best;
}
function plain(name) {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
function edits(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, above[j] + 1, row[j - 1] + 1));
    }
  }
  return row[b.length];
}

export {
  nearest
};
