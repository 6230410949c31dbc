/** Gives up on what takes too long. What it does goes on: whoever calls ends the processes. */

export class TooLong extends Error {}

export async function within(promise, seconds, what) {
  let timer;
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new TooLong(`${what} takes more than ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
