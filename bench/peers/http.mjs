/** Requests to peers on loopback. */

export async function post(url, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 300)}`);
}

/** Waits for a server that has been started. @param {{ ended?: boolean }} starting */
export async function untilAnswered(url, starting) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (attempt === 1500 || starting.ended) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
