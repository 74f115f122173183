// The watchdog, in processes whose loop really stands still: who holds it is named by the other thread, or nobody is.
import { afterEach, describe, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { systemClock } from "../base/clock.ts";
import { createLog } from "./log.ts";
import { startWatchdog } from "./watchdog.ts";

interface Line {
  readonly reason?: string;
  readonly heldMs?: number;
  readonly heldMsMax?: number;
  readonly [field: string]: unknown;
}

/** What the scripts know beside `log`, `start`, `types`. They read their own standard error, which is a file. */
const PRELUDE = `
  import { readFileSync, writeSync } from "node:fs";
  import { systemClock } from ${fileHere("../base/clock.ts")};
  import { createLog } from ${fileHere("log.ts")};
  import { startWatchdog, watchedType } from ${fileHere("watchdog.ts")};
  import { actor } from ${fileHere("../core/definition.ts")};
  import { ActorSystem } from ${fileHere("../core/system.ts")};
  const types = [
    { name: "chat-room", methods: [{ name: "post", definedAt: "actors/room/room.ts:10" }] },
    { name: "match", methods: [
      { name: "join", definedAt: "actors/match/match.ts:20" }, { name: "move", definedAt: "actors/match/match.ts:31" },
    ] },
  ];
  const log = createLog(process.env.LEVEL, systemClock);
  const start = (blockedMs, worker) => startWatchdog({ types, blockedMs, log }, worker);
  const count = (text) => readFileSync(process.env.STANDARD_ERROR, "utf8").split(text).length - 1;
  function late(sinceMs) { if (performance.now() - sinceMs > 15_000) throw new Error("Waited in vain"); }
  /** The loop stands: nothing of this thread runs until it holds. */
  function block(holds) {
    for (const sinceMs = performance.now(); !holds(performance.now() - sinceMs); ) late(sinceMs);
  }
  /** The loop runs. */
  async function wait(holds) {
    for (const sinceMs = performance.now(); !holds(performance.now() - sinceMs); await Bun.sleep(5)) late(sinceMs);
  }
`;

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function fileHere(name: string): string {
  return JSON.stringify(join(import.meta.dirname, name));
}

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "watchdog "));
  folders.push(folder);
  return folder;
}

/** The lines that the script left on standard error. It runs in a folder that has nothing to do with the project. */
async function linesOf(script: string, level = "info"): Promise<readonly Line[]> {
  const cwd = emptyFolder();
  const file = join(cwd, "stderr.log");
  const stderr = openSync(file, "a");
  const env = { PATH: process.env["PATH"], STANDARD_ERROR: file, LEVEL: level };
  const options = { cwd, env, stdin: "ignore", stdout: "inherit", stderr } as const;
  const exitCode = await Bun.spawn([process.execPath, "-e", PRELUDE + script], options).exited;
  closeSync(stderr);
  const text = readFileSync(file, "utf8");
  expect({ exitCode, text: exitCode === 0 ? "" : text }).toEqual({ exitCode: 0, text: "" });
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Line);
}

function reasons(lines: readonly Line[]): readonly unknown[] {
  return lines.map(({ reason }) => reason);
}

/** Blocks until that has been said. */
const BLOCKED_UNTIL_NAMED = 'block(() => count("loop.blocked") > 0);';

describe("a turn that blocks the process", () => {
  test("is named while it does, with key, method and the handler's place, and again when it is over", async () => {
    const lines = await linesOf(`
      const { probe } = start(200);
      await wait((passedMs) => passedMs > 100);
      probe.entered(1, "são-paulo/🦊");
      probe.turn(0);
      probe.turn(1);
      block((passedMs) => passedMs > 1_200 && count("loop.blocked") > 0);
      writeSync(2, JSON.stringify({ reason: "script.goes_on" }) + "\\n");
      probe.left();
      await wait(() => count("loop.free_again") > 0);
    `);
    const where = { type: "match", key: "são-paulo/🦊", method: "move", definedAt: "actors/match/match.ts:31" };
    const goesOn = lines.findIndex(({ reason }) => reason === "script.goes_on");
    const [blocked] = lines;
    const msg = "A turn blocks the process: no signal is handled until it ends, and kill -9 loses nothing acknowledged";
    expect(blocked).toMatchObject({ level: 50, reason: "loop.blocked", ...where, msg });
    expect(goesOn).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatchObject({ level: 40, reason: "loop.free_again", ...where });
    expect(blocked?.heldMs).toBeGreaterThanOrEqual(200);
    expect(lines.at(-1)?.heldMsMax).toBeGreaterThanOrEqual(lines.at(-1)?.heldMs ?? Infinity);
  });

  test("is named after a shorter time once that is asked for, however long the thread was to wait", async () => {
    const lines = await linesOf(`
      const { probe, watch } = start(80_000_000);
      await wait((passedMs) => passedMs > 100);
      watch(200);
      await wait((passedMs) => passedMs > 100);
      probe.entered(0, "lobby");
      probe.turn(0);
      ${BLOCKED_UNTIL_NAMED}
      probe.left();
      await wait(() => count("loop.free_again") > 0);
    `);
    expect(reasons(lines)).toEqual(["loop.blocked", "loop.free_again"]);
    expect(lines[0]).toMatchObject({ type: "chat-room", key: "lobby", method: "post" });
  });

  test("is named again each time that it has doubled, and as over only once", async () => {
    const lines = await linesOf(`
      const { probe } = start(200);
      probe.entered(0, "lobby");
      probe.turn(0);
      block(() => count("loop.blocked") === 3);
      probe.turn(0);
      await wait(() => count("loop.free_again") > 0);
      probe.left();
      await wait((passedMs) => passedMs > 100);
    `);
    expect(reasons(lines)).toEqual([...Array.from({ length: 3 }, () => "loop.blocked"), "loop.free_again"]);
    lines.slice(0, 3).forEach(({ heldMs }, index) => expect(heldMs).toBeGreaterThanOrEqual(200 * 2 ** index));
  });

  test("is named also when the thread has had no time to start before it", async () => {
    const script = `const { probe } = start(50); probe.entered(0, "a"); probe.turn(0); ${BLOCKED_UNTIL_NAMED}`;
    expect((await linesOf(script))[0]).toMatchObject({ type: "chat-room", key: "a", method: "post" });
  });

  test("is named by the beginning of its key, where that is long", async () => {
    const script = `const { probe } = start(50); probe.entered(0, "ã".repeat(63) + "🦊" + "x".repeat(400));
      probe.turn(0); ${BLOCKED_UNTIL_NAMED}`;
    expect((await linesOf(script))[0]).toMatchObject({ key: `${"ã".repeat(63)}…` });
  });

  test("is named without a method while its actor is only being started", async () => {
    const [line] = await linesOf(`const { probe } = start(50); probe.entered(1, "a"); ${BLOCKED_UNTIL_NAMED}`);
    expect(line).toMatchObject({ reason: "loop.blocked", type: "match", key: "a" });
    expect(line).not.toHaveProperty("method");
  });

  test("is named in a line of the log's own shape", async () => {
    const script = `const { probe } = start(50); log.logger.error({ reason: "loop.blocked" }, "As the log does it");
      probe.entered(0, "a"); probe.turn(0); block(() => count("loop.blocked") === 2);`;
    const [logged, named] = await linesOf(script);
    expect(Object.keys(named ?? {}).slice(0, 3)).toEqual(Object.keys(logged ?? {}).slice(0, 3));
    expect(Object.keys(named ?? {}).at(-1)).toBe("msg");
    expect(named?.["level"]).toBe(logged?.["level"]);
    expect(named?.["time"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("is named within the log's level", async () => {
    const blocks = 'const { probe } = start(20); probe.entered(0, "a"); probe.turn(0);';
    const untilNamed = `${BLOCKED_UNTIL_NAMED} probe.left(); await wait((passedMs) => passedMs > 100);`;
    expect(new Set(reasons(await linesOf(blocks + untilNamed, "error")))).toEqual(new Set(["loop.blocked"]));
    expect(await linesOf(`${blocks} block((passedMs) => passedMs > 200);`, "silent")).toEqual([]);
  });
});

describe("what blocks the process outside all slices", () => {
  test("is maybe the turn that had waited: a handler that computes after an await is named, and its end", async () => {
    const lines = await linesOf(`
      const Other = actor("other", { state: () => 0 }).on("answer", {}, () => undefined);
      const Thinker = actor("thinker", { state: () => 0 })
        .on("rest", {}, () => undefined)
        .on("think", {}, async (self) => {
          await self.ref(Other, "one").answer();
          block((passedMs) => passedMs > 1_200 && count("loop.blocked") > 0);
        });
      const actorTypes = [Other, Thinker];
      const { probe } = startWatchdog({ types: actorTypes.map(watchedType), blockedMs: 200, log });
      const system = new ActorSystem({ clock: systemClock, types: actorTypes, probe });
      await system.start();
      await wait((passedMs) => passedMs > 100);
      await system.ref(Thinker, "são-paulo/🦊").think();
      await wait(() => count("loop.free_again") > 0);
      process.exit();
    `);
    const definedAt = expect.stringMatching(/:\d+$/);
    const mayBe = [{ type: "thinker", key: "são-paulo/🦊", method: "think", definedAt }];
    expect(lines[0]).toMatchObject({ level: 50, reason: "loop.blocked", mayBe, resumedCount: 1 });
    expect(lines[0]).not.toHaveProperty("type");
    expect(lines[0]?.heldMs).toBeGreaterThanOrEqual(200);
    expect(lines.at(-1)).toMatchObject({ level: 40, reason: "loop.free_again", mayBe, resumedCount: 1 });
    expect(lines.at(-1)?.heldMsMax).toBeGreaterThanOrEqual(1_200);
  });

  test("is maybe each of those that went on since the loop last came by, latest first, each once", async () => {
    const [line] = await linesOf(`
      const { probe } = start(200);
      await wait((passedMs) => passedMs > 100);
      for (const key of ["a", "b", "a"]) probe.resumed(1, key, 0);
      probe.entered(0, "lobby");
      probe.resumed(0, "c", 0);
      probe.turn(0);
      probe.left();
      ${BLOCKED_UNTIL_NAMED}
    `);
    const joined = { type: "match", method: "join", definedAt: "actors/match/match.ts:20" };
    const mayBe = [
      { type: "chat-room", key: "c", method: "post" },
      { ...joined, key: "a" },
      { ...joined, key: "b" },
    ];
    expect(line).toMatchObject({ reason: "loop.blocked", mayBe, resumedCount: 4 });
  });

  test("is no turn, where none went on since then", async () => {
    const lines = await linesOf(`
      const { probe } = start(200);
      probe.resumed(0, "goes on at once", 0);
      await wait((passedMs) => passedMs > 300);
      ${BLOCKED_UNTIL_NAMED}
      await wait(() => count("loop.free_again") > 0);
    `);
    const msg = expect.stringMatching(
      /^Something blocks the process that is no turn, as far as can be seen: no signal /,
    );
    expect(lines[0]).toMatchObject({ reason: "loop.blocked", mayBe: [], resumedCount: 0, msg });
    expect(lines.at(-1)).toMatchObject({ reason: "loop.free_again", mayBe: [], resumedCount: 0 });
  });

  test("is not a slice that broke off before", async () => {
    const [line] = await linesOf(`
      const { probe } = start(200);
      probe.entered(0, "broken off");
      probe.turn(0);
      await wait((passedMs) => passedMs > 600);
      ${BLOCKED_UNTIL_NAMED}
    `);
    expect(line).toMatchObject({ reason: "loop.blocked", mayBe: [], resumedCount: 0 });
  });
});

describe("nobody is named", () => {
  test("while the loop is idle, while turns are short, and for turns that end in time", async () => {
    const lines = await linesOf(`
      const { probe } = start(500);
      await wait((passedMs) => passedMs > 1_100);
      for (let slice = 0; slice < 3; slice++) {
        probe.entered(0, "lobby");
        block((passedMs) => { probe.turn(0); return passedMs > 250; });
        probe.left();
      }
      for (let turn = 0; turn < 12; turn++) {
        probe.entered(1, "lobby");
        probe.turn(0);
        block((passedMs) => passedMs > 60);
        probe.left();
      }
      await wait((passedMs) => passedMs > 1_100);
      probe.entered(1, "the one");
      probe.turn(1);
      ${BLOCKED_UNTIL_NAMED}
    `);
    expect(lines.map(({ reason, key }) => [reason, key])).toEqual([["loop.blocked", "the one"]]);
  });

  test("while the process has nothing to do, and when it was halted from outside", async () => {
    const lines = await linesOf(`
      const { probe } = start(250);
      await Bun.sleep(700);
      const halt = "kill -STOP " + process.pid + "; sleep 1; kill -CONT " + process.pid;
      await Bun.spawn(["sh", "-c", halt]).exited;
      await Bun.sleep(300);
      probe.entered(1, "the one");
      probe.turn(1);
      ${BLOCKED_UNTIL_NAMED}
    `);
    expect(lines.map(({ reason, key }) => [reason, key])).toEqual([["loop.blocked", "the one"]]);
  });

  test("after stop, which ends the thread; the probe may go on", async () => {
    const script = `const { probe, stop } = start(20); await stop(); await stop();
      probe.entered(0, "a"); probe.turn(0); block((passedMs) => passedMs > 200);`;
    expect(await linesOf(script)).toEqual([]);
  });
});

describe("the watchdog's thread", () => {
  test("does not keep the process alive", async () => {
    expect(await linesOf("start(1_000);")).toEqual([]);
    expect(await linesOf("start(60_000); await wait((passedMs) => passedMs > 200);")).toEqual([]);
  });

  test("starts and ends inside another program too, the tests for one", async () => {
    const watchdog = startWatchdog({ types: [], blockedMs: 60_000, log: createLog("error", systemClock) });
    watchdog.probe.entered(0, "a");
    watchdog.probe.left();
    await watchdog.stop();
  });

  test("that cannot start is missed in one line, and the process goes on", async () => {
    const gone = `await wait(() => count("watchdog.gone") > 0); probe.entered(0, "a"); probe.turn(0);
      block((passedMs) => passedMs > 100); probe.left(); await wait((passedMs) => passedMs > 100); await stop();`;
    const missing = await linesOf(`const { probe, stop } = start(20, new URL("file:///nowhere/x.ts")); ${gone}`);
    expect(missing).toMatchObject([{ level: 50, reason: "watchdog.gone", err: { message: expect.any(String) } }]);
    const refused = await linesOf(`types.push(() => 0); const { probe, stop } = start(20); ${gone}`);
    expect(refused).toMatchObject([{ level: 50, reason: "watchdog.gone", err: { message: expect.any(String) } }]);
  });

  test("that dies is missed in one line, and the process goes on", async () => {
    for (const [program, why] of [
      ['setTimeout(() => { throw new Error("the thread broke"); }, 1);', { err: { message: "the thread broke" } }],
      ["process.exit(3);", { exitCode: 3 }],
    ] as const) {
      const file = join(emptyFolder(), "worker.ts");
      writeFileSync(file, program);
      const script = `const { stop } = start(20, new URL(${JSON.stringify(pathToFileURL(file).href)}));
        await wait(() => count("watchdog.gone") > 0); await wait((passedMs) => passedMs > 50); await stop();`;
      expect(await linesOf(script)).toMatchObject([{ level: 50, reason: "watchdog.gone", ...why }]);
    }
  });
});
