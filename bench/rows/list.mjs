/** Many instances: listing them, and what a server that started them all weighs. */

import { kept, startOurs } from "../bench-space.mjs";
import { begin, residentMegabytes, timed } from "../drive.mjs";
import { fact, measures, median, milliseconds } from "../figures.mjs";

export async function rows({ quick }) {
  const count = quick ? 1_000 : 10_000;
  const { state, megabytes } = await kept(`list-${count}`, (folder) => startMany(folder, count));
  const server = await startOurs(state);
  const list = () => server.call("sequencer_list", { filter: "all" });
  const first = await timed(async () => {
    const { total } = await list();
    if (total !== count) throw new Error(`sequencer_list tells of ${total} instances, not ${count}`);
  });
  const later = [];
  for (let i = 0; i < 20; i += 1) later.push(await timed(list));
  const listing = residentMegabytes(server.pid);
  await server.close();

  const id = (name) => (quick ? undefined : name);
  const many = `${count.toLocaleString("en")} instances`;
  return [
    fact(`list: ${many}, the first time`, milliseconds(first)),
    measures(
      id("list"),
      fact(`list: ${many}, after that`, milliseconds(median(later)), "100 ms", median(later) < 100),
      { ours: median(later), ratio: median(later) / 100 },
    ),
    measures(
      id("memory.listed"),
      fact(`memory: server that listed ${many}`, `${listing} MB`, "150 MB", listing <= 150),
      { ours: listing, ratio: listing / 150 },
    ),
    measures(
      id("memory.started"),
      fact(`memory: server that started ${many}`, `${megabytes} MB`, "150 MB", megabytes <= 150),
      { ours: megabytes, ratio: megabytes / 150 },
    ),
  ];
}

async function startMany(state, count) {
  const server = await startOurs(state);
  for (let i = 0; i < count; i += 1) await begin(server, { steps: 1 });
  const megabytes = residentMegabytes(server.pid);
  await server.close();
  return { megabytes };
}
