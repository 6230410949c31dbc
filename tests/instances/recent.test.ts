/** The newest instances, without reading more logs than needed. */

import { describe, expect, it } from "vitest";
import type { Event } from "../../src/engine/event.ts";
import { Listing } from "../../src/instances/listing.ts";
import type { EventLog, LogStore } from "../../src/log/event-log.ts";
import { at, STARTED } from "../cli/run-events.ts";

const id = (number: number) => `01JDQ3V5Z8M4X7C2B9N6K1H${String(number).padStart(3, "0")}`;

/** Instance `i` of `projects.length`, newest last. */
function listing(projects: readonly string[], endings: Record<number, Event[] | "corrupt"> = {}) {
  const opened: string[] = [];
  const ids = projects.map((_, i) => id(i)).reverse();
  const store = {
    list: () => ids.map((instanceId) => ({ instanceId, bytes: 1, modifiedMs: 1 })),
    open(instanceId: string) {
      opened.push(instanceId);
      const i = ids.length - 1 - ids.indexOf(instanceId);
      const more = endings[i] ?? [];
      const log = {
        async *readOn() {
          if (more === "corrupt") throw new Error("damaged");
          yield { firstSeq: 0, events: [{ ...STARTED, project_dir: projects[i]! }, ...more], lines: "" };
        },
        close() {},
      };
      return log as unknown as EventLog;
    },
  } as unknown as LogStore;
  const all = new Listing(store, "/here", () => undefined);
  const recent = async (request: Parameters<Listing["recent"]>[0]) =>
    (await all.recent(request)).map(({ instance_id }) => instance_id);
  return { recent, opened };
}

const END: Event = { type: "ended", at: at(1), state: "completed", summary: 1 };
const CLOSED: Event = { type: "closed", at: at(1) };

describe("the newest instances", () => {
  it("are this project's, newest first, and no more logs are read than that takes", async () => {
    const { recent, opened } = listing(["/here", "/here", "/there", "/here", "/here"]);
    expect(await recent({ limit: 3 })).toEqual([id(4), id(3), id(1)]);
    expect(opened).toEqual([id(4), id(3), id(2), id(1)]);
    await recent({ limit: 3 });
    expect(opened).toHaveLength(4);
  });

  it("of other projects come behind this one's, where they are asked for", async () => {
    const { recent } = listing(["/here", "/there", "/there"]);
    expect(await recent({ limit: 10 })).toEqual([id(0)]);
    expect(await recent({ limit: 2, elsewhere: true })).toEqual([id(0), id(2)]);
  });

  it("that are unfinished are neither ended, closed nor unreadable", async () => {
    const { recent } = listing(["/here", "/here", "/here", "/here"], { 1: [END], 2: [CLOSED], 3: "corrupt" });
    expect(await recent({ limit: 10, unfinished: true, elsewhere: true })).toEqual([id(0)]);
  });
});
