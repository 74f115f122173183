// When a run of the matrix counts, and why one does not: real servers that answer, die, lie, or say nothing.

import { afterEach, describe, expect, test } from "bun:test";

import { DisturbanceMeter } from "./disturbance.ts";
import { Fleet } from "./matrix-fleet.ts";
import type { MatrixImplementation, Spread } from "./matrix-plan.ts";
import { type MeasuredFleet, measureRun } from "./matrix-run.ts";
import { programsWith } from "./process-facts.ts";
import { createWorkspace, type Workspace } from "./program.ts";
import { createFrame, createRequestScript } from "./request-script.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).toReversed()) await each();
});

const scripts = Array.from({ length: 4 }, (_, index) => createRequestScript(20, `client_${index + 1}_7`));
const cell = { workMs: 0, servers: 2, clients: 4, messages: 20 };
const CLOSE_FRAME_BYTES = 12;
const anyNoise = {
  scripts,
  disturbance: new DisturbanceMeter(() => []),
  disturbanceMaxCores: Number.POSITIVE_INFINITY,
};

function newWorkspace(): Workspace {
  const workspace = createWorkspace();
  undo.push(() => workspace.remove());
  return workspace;
}

async function startFleet(
  implementation: MatrixImplementation,
  { workMs = 0, spread = "ports" }: { readonly workMs?: number; readonly spread?: Spread } = {},
): Promise<Fleet> {
  const options = { implementation, workMs, processes: 2, spread, firstPort: 0 };
  const fleet = await Fleet.start(options, newWorkspace());
  if (!(fleet instanceof Fleet)) throw new Error(fleet.why);
  undo.push(() => fleet.stop());
  return fleet;
}

/** A server in this process that answers each chunk but a close frame with these octets. */
function fleetThatAnswers(answer: Buffer): MeasuredFleet {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket, chunk) {
        if (chunk.length === CLOSE_FRAME_BYTES) socket.end();
        else socket.write(answer);
      },
    },
  });
  undo.push(() => listener.stop(true));
  const alive = { cpuSeconds: () => 0, residentBytes: () => 0, whoDied: () => undefined, newRows: () => [] };
  return { ports: () => [listener.port], ...alive };
}

const installed = (["correio", "raw", "go", "python"] as const).filter(
  (name) => (name !== "go" || Bun.which("go") !== null) && (name !== "python" || Bun.which("python3") !== null),
);

describe("a run", () => {
  test.each(installed)("against %s counts when every reply is right and every session has its row", async (name) => {
    const fleet = await startFleet(name);
    const run = await measureRun(fleet, cell, anyNoise);
    expect(run).toMatchObject({ verdict: "valid", detail: "", replies: 80 });
    expect(run.sessions.map(({ clientId }) => clientId).toSorted()).toEqual(scripts.map((each) => each.clientId));
    for (const { row, firstSentMs, lastReplyMs } of run.sessions) {
      expect(row[1]).toBe("20");
      expect(row[2]).toStartWith(`${name}-0ms-`);
      expect(lastReplyMs).toBeGreaterThan(firstSentMs);
    }
    expect(new Set(run.sessions.map(({ row }) => row[2])).size).toBe(2);
    expect(run.serverBytes).toBeGreaterThan(1_000_000);
  });

  test.each(installed)("against %s with work takes at least as long as its work", async (name) => {
    const fleet = await startFleet(name, { workMs: 3 });
    const run = await measureRun(fleet, { ...cell, workMs: 3 }, anyNoise);
    expect(run.verdict).toBe("valid");
    for (const { firstSentMs, lastReplyMs, row } of run.sessions) {
      expect(lastReplyMs - firstSentMs).toBeGreaterThanOrEqual(60);
      expect(Number(row[4])).toBeGreaterThanOrEqual(0.003);
    }
  });

  test.each(installed)("comes to all processes of %s where they share a port", async (name) => {
    const fleet = await startFleet(name, { spread: "shared" });
    expect(new Set(fleet.ports(2)).size).toBe(1);
    const clients = { ...cell, clients: 4 };
    const seen = new Set<string>();
    // The kernel deals connections out by their ports: some of so many come to each.
    for (let attempt = 0; attempt < 30 && seen.size < 2; attempt++) {
      for (const { row } of (await measureRun(fleet, clients, anyNoise)).sessions) seen.add(row[2] ?? "");
    }
    expect(seen.size).toBe(2);
  });

  test("does not count when a server has died, and says what it said last", async () => {
    const fleet = await startFleet("raw", { workMs: 50 });
    const ending = measureRun(fleet, { ...cell, workMs: 50 }, anyNoise);
    const killed = Bun.sleep(100).then(() => fleet.pids[1] && process.kill(fleet.pids[1], "SIGKILL"));
    const run = await ending;
    await killed;
    expect(run.verdict).toBe("died");
    expect(run.detail).toContain("a server is gone");
    expect(run.replies).toBeLessThan(80);
    const next = await measureRun(fleet, { ...cell, workMs: 50 }, anyNoise);
    expect(next).toMatchObject({ verdict: "died", replies: 0 });
  });

  test("does not count when not all replies have come in time", async () => {
    const fleet = await startFleet("raw", { workMs: 50 });
    const run = await measureRun(fleet, { ...cell, workMs: 50 }, { ...anyNoise, patienceMs: 200 });
    expect(run.verdict).toBe("late");
    expect(run.detail).toMatch(/\d+ of 80 replies came before the timeout/);
  });

  test.each([
    ["no replies", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), /a header is not one of a reply/],
    ["replies to somebody else", replyTo("client_9_7", 20), /20 of \d+ replies are wrong|replies are wrong/],
  ])("does not count when it is answered with %s", async (_, answer, detail) => {
    const run = await measureRun(fleetThatAnswers(answer), { ...cell, clients: 1 }, anyNoise);
    expect(run.verdict).toBe("wrong");
    expect(run.detail).toMatch(detail);
  });

  test("does not count when sessions left no row", async () => {
    const fleet = fleetThatAnswers(replyTo("client_1_7", 20));
    const run = await measureRun(fleet, { ...cell, clients: 1 }, anyNoise);
    expect(run).toMatchObject({ verdict: "unrecorded", detail: "1 sessions left no row" });
  });

  test("does not count when other programs have used the machine beside it", async () => {
    const fleet = await startFleet("raw", { workMs: 20 });
    const busy = Bun.spawn([process.execPath, "-e", "for (;;);"], { stdin: "ignore" });
    undo.push(() => busy.kill("SIGKILL"));
    const run = await measureRun(fleet, { ...cell, workMs: 20 }, { ...anyNoise, disturbanceMaxCores: 0.1 });
    expect(run.verdict).toBe("disturbed");
    expect(run.detail).toMatch(/^other programs used \d\.\d\d cores$/);
  });
});

describe("the servers of an implementation", () => {
  test("are all gone when one of them cannot start", async () => {
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    undo.push(() => taken.stop(true));
    const workspace = newWorkspace();
    const options = { implementation: "raw", workMs: 0, processes: 2, spread: "ports" } as const;
    const starting = Fleet.start({ ...options, firstPort: taken.port - 1 }, workspace);
    expect(starting).rejects.toThrow(/Cannot start .*raw-bun/);
    await starting.catch(() => undefined);
    expect(programsWith(workspace.folder)).toEqual([]);
  });

  test("that are not installed are named as missing", async () => {
    const options = { workMs: 0, processes: 1, spread: "ports", firstPort: 0, searchPath: "" } as const;
    const go = await Fleet.start({ ...options, implementation: "go" }, newWorkspace());
    expect(go).toEqual({ name: "go", why: "go is not installed" });
  });
});

function replyTo(clientId: string, count: number): Buffer {
  const frames = Array.from({ length: count }, (_, index) => {
    const head = `{"client_id":"${clientId}","message_id":${index + 1},"timestamp":1.5,"data":"Response from server"`;
    return createFrame(2, `${head},"processing_time":0.1,"server_id":"x","status":"success"}`);
  });
  return Buffer.concat(frames);
}
