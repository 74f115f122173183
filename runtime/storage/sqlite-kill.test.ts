// SIGKILL in the middle of commits, ten times over one database: what was acknowledged is there, batches are whole.
import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";

import { openSqliteStore } from "./sqlite-store.ts";
import { GENEROUS_BYTES, newDatabasePath, removeDatabases } from "./test-stores.ts";

afterAll(removeDatabases);

const KILLS = 10;
const ACTORS = 16;

const path = newDatabasePath();
const options = { path, sync: "full", bytesMax: GENEROUS_BYTES } as const;

/** Commits all its actors again and again, their version in state and row, and says each version once it resolved. */
const program = `
  import { writeSync } from "node:fs";
  import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, "sqlite-store.ts"))};
  const store = openSqliteStore(${JSON.stringify(options)});
  const nothing = { letters: [], lettersRemoved: [], lettersRemovedTo: 0, quarantined: [], released: [] };
  const parts = { type: "counter", stateVersion: 1, alarms: [], watches: [], indexed: undefined };
  for (let version = (await store.load("counter", "0"))?.version ?? 0; ; ) {
    const [baseVersion, state] = [version++, "s".repeat(1_000) + version];
    const rows = [{ row: "version", value: String(version) }];
    const versions = { baseVersion, version, state, rows };
    const changes = Array.from({ length: ${ACTORS} }, (_, key) => ({ ...parts, ...versions, key: String(key) }));
    const outcomes = await store.commit({ ...nothing, changes });
    if (outcomes.includes("stale")) throw new Error("stale");
    writeSync(1, version + "\\n");
  }`;

/** Lets a process commit until it has acknowledged so many batches, kills it, and returns the last it acknowledged. */
async function commitUntilKilled(acknowledgements: number): Promise<number> {
  const child = Bun.spawn([process.execPath, "-e", program], { stderr: "inherit" });
  let said = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    if (said.split("\n").length > acknowledgements) child.kill("SIGKILL");
  }
  await child.exited;
  return Number(said.slice(0, said.lastIndexOf("\n")).split("\n").at(-1));
}

test("a database survives that its process is killed: no acknowledged commit is lost, none is half there", async () => {
  for (let kill = 1; kill <= KILLS; kill++) {
    const acknowledged = await commitUntilKilled(1 + ((kill * 37) % 90));
    const store = openSqliteStore(options);
    expect(store.epoch).toBe(2 * kill);
    const found = new Set<string>();
    for (let key = 0; key < ACTORS; key++) {
      const actor = await store.load("counter", String(key));
      found.add(`${actor?.version} ${actor?.state.slice(1_000)} ${await store.row("counter", String(key), "version")}`);
    }
    await store.close();
    const [last, unacknowledged] = [acknowledged, acknowledged + 1].map(
      (version) => `${version} ${version} ${version}`,
    );
    expect([[last], [unacknowledged]]).toContainEqual([...found]);
  }
});
