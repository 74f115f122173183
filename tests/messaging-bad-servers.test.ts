// What foreign servers and references say that cannot be: each is refused and counted, and the group works on.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";

import type { ServerClock, ServerStatus } from "#actors/servers/administration-schemas.ts";
import { decodeMessage, encodeMessage } from "#runtime/wire/message-pack.ts";
import { ReplySocket } from "#runtime/zmtp/mod.ts";
import { Bench } from "#runtime/zmtp/test-sockets.ts";

import { eventually } from "./lib/eventually.ts";
import { freeMessagingPorts } from "./lib/messaging-ports.ts";
import { type Data, TestRequester } from "./lib/messaging-requests.ts";
import { projectFolder } from "./lib/source-files.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";

const WITHIN_MS = 30_000;
/** More than an actor may crash before it is shut. */
const OFTEN = 12;
const bench = new Bench();

afterEach(() => bench.clear());

/** An existing program: answers each service with that. */
function foreign(answers: (service: string) => unknown): number {
  const socket = bench.keep(
    new ReplySocket(bench.context, async ([octets = Buffer.alloc(0)]) => {
      const decoded = decodeMessage(octets);
      const { service = "" } = decoded.kind === "value" ? (decoded.value as { readonly service?: string }) : {};
      const answer = answers(service);
      return [answer instanceof Uint8Array ? answer : encodeMessage({ service, data: answer as Data }, "msgpack")];
    }),
  );
  return socket.endpoints.bind({ port: 0 });
}

async function admin(reference: number, ...words: readonly string[]) {
  const command = [process.execPath, "clients/admin.ts", ...words, "--reference-port", `${reference}`];
  const child = Bun.spawn(command, { cwd: projectFolder, env: {}, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [exitCode, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { exitCode, stdout, stderr };
}

describe("a group", () => {
  const ports = freeMessagingPorts();
  const nodes: TestNode[] = [];
  const reference = new TestRequester(ports.CORREIO_REFERENCE_PORT);
  const group = { CORREIO_SERVER_HEARTBEAT_MS: 300, CORREIO_CLOCK_SYNC: "berkeley" };
  const start = async (name: string, settings = {}): Promise<void> => {
    nodes.push(await startTestNode({ ...ports, CORREIO_SERVER_ID: name, ...settings }));
  };
  const get = async (index: number, path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${nodes[index]?.node.httpPort}${path}`);
  const own = async (index: number) => ((await (await get(index, "/servers")).json()) as { own: ServerStatus }).own;
  const crashes = async (): Promise<number> => {
    const all = await Promise.all(nodes.map((node) => node.figures.metricSum("correio_crashes_total")));
    return all.reduce((sum, count) => sum + count, 0);
  };

  beforeAll(() => start("home", group));
  afterAll(async () => {
    reference.close();
    await Promise.all(nodes.map((node) => node.stop()));
  });

  test.each([
    ["a port that there is not", { address: "127.0.0.1:99999" }],
    ["an address of almost 2 MiB", { address: "a".repeat(2_000_000) }],
    ["an address of 200 000 characters", { address: "a".repeat(200_000) }],
  ])("lists nobody who says %s, however often", async (_, said) => {
    for (let count = 0; count < OFTEN; count++) {
      expect(await reference.ask("heartbeat", { user: "bad", ...said })).toMatchObject({
        code: "reference.bad_address",
      });
    }
    expect(await crashes()).toBe(0);
    const metric = 'correio_refusals_total{type="reference-session",reason="reference.bad_address"}';
    expect(await nodes[0]?.figures.metric(metric)).toBeGreaterThanOrEqual(OFTEN);
  });

  test("lists who comes after them, and asks him for his time", async () => {
    const port = foreign(() => ({ time: 1 }));
    expect(await reference.ask("heartbeat", { user: "good", address: `127.0.0.1:${port}` })).toMatchObject({ rank: 2 });
    const clocks = await get(0, "/servers/clocks");
    const { items } = (await clocks.json()) as { readonly items: readonly ServerClock[] };
    expect([clocks.status, items.map(({ name }): string => name)]).toEqual([200, ["home", "good"]]);
    expect(items.every(({ reading }) => reading !== undefined)).toBe(true);
  });

  test("has no use for a time that cannot be, and says how it stands all the same", async () => {
    const times = [1e306, Number.NaN, Number.POSITIVE_INFINITY, -1, 8.7e12, "now"];
    for (const [index, time] of times.entries()) {
      const port = foreign((service) => (service === "clock" ? nonsense(time) : { election: "OK" }));
      await reference.ask("heartbeat", { user: `liar-${index}`, address: `127.0.0.1:${port}` });
    }
    // Of the highest rank, and so the one that polls the others. It keeps to what its home has set.
    await start("last", { CORREIO_JOIN: "127.0.0.1", CORREIO_PORT: "", CORREIO_UDP_PORT: "" });
    await eventually("an election", async () => (await own(1)).role === "coordinator", WITHIN_MS);
    const metric = 'correio_refusals_total{type="server-outlet",reason="clock.bad_time"}';
    const refused = async (): Promise<number> => (await nodes[1]?.figures.metric(metric)) ?? 0;
    await eventually("a refusal of each", async () => (await refused()) >= times.length, WITHIN_MS);
    const { servers } = await own(1);
    const liars = servers.filter(({ name }) => name.startsWith("liar"));
    expect(liars.map(({ offsetMs }) => offsetMs)).toEqual(times.map(() => undefined));
    expect(await crashes()).toBe(0);
  }, 60_000);
});

/** Floating point in MessagePack, also where it is no number. */
function nonsense(time: unknown): unknown {
  if (typeof time !== "number" || Number.isFinite(time)) return { time };
  const double = Buffer.alloc(9, 0xcb);
  double.writeDoubleBE(time, 1);
  return Buffer.concat([Buffer.from("\u0081\u00a4data\u0081\u00a4time", "latin1"), double]);
}

describe("the administration's program, told by a reference", () => {
  const nowhere = [
    { name: "torto", rank: 1, address: "127.0.0.1:99999" },
    { name: "sem", rank: 2, address: "" },
    { name: "longe", rank: 70_000, address: "127.0.0.1" },
    { name: "longo", rank: 3, address: "a".repeat(100_000) },
    { name: "\n", rank: 4, address: "127.0.0.1" },
    { name: "zero", rank: 0, address: "127.0.0.1" },
    null,
    5,
  ];
  const silent = /^(?:torto|sem|longe|longo) +.*não responde/gm;

  test.each(["poll-clock", "election --all"])(
    "of servers that are nowhere, says of each that it does not answer: %s",
    async (words) => {
      const port = foreign(() => ({ list: nowhere }));
      const { exitCode, stdout, stderr } = await admin(port, ...words.split(" "));
      expect([exitCode, stdout.match(silent)?.length, stderr]).toEqual([1, 4, ""]);
    },
  );

  test("of servers that are nowhere, shows them live", async () => {
    const port = foreign(() => ({ list: nowhere }));
    const command = [process.execPath, "clients/admin.ts", "live", "--reference-port", `${port}`, "--every-ms", "100"];
    const child = Bun.spawn(command, { cwd: projectFolder, env: {}, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    let text = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (/torto: não responde\n/.test(text)) child.kill("SIGINT");
    }
    expect([await child.exited, await child.stderr.text()]).toEqual([130, ""]);
  });

  test.each([
    ["octets that are no message", Buffer.from([0xc1, 0xff])],
    ["a list", encodeMessage([1, 2], "msgpack")],
    ["an error", { status: "erro", message: "Internal Server Error", code: "500" }],
    ["a list that is none", { list: "all" }],
  ])("%s, says that it does not answer", async (_, answer) => {
    const port = foreign(() => answer);
    for (const words of [["list"], ["poll-clock"], ["election", "--all"], ["status", "x"], ["set-clock", "x", "+1"]]) {
      const { exitCode, stdout, stderr } = await admin(port, ...words);
      expect([exitCode, stdout, stderr]).toEqual([1, "A referência não responde.\n", ""]);
    }
  });
});
