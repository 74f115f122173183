// The administration of messaging servers: its program and the gateway, against three servers and against broken ones.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";

import type {
  Queues,
  ServerClock,
  ServerElection,
  ServerStanding,
  ServerStatus,
} from "#actors/servers/administration-schemas.ts";
import type { ElectionSeen } from "#actors/servers/election-history.ts";
import { PublishSocket, SubscribeSocket, ZmtpMessage } from "#runtime/zmtp/mod.ts";
import { Bench, peersAt } from "#runtime/zmtp/test-sockets.ts";

import { askPython, hasPythonModule } from "./lib/debian-python.ts";
import { eventually } from "./lib/eventually.ts";
import { freeMessagingPorts } from "./lib/messaging-ports.ts";
import { type Data, TestRequester } from "./lib/messaging-requests.ts";
import { projectFolder } from "./lib/source-files.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";
import { hasTmux, Terminal } from "./lib/tmux.ts";

const WITHIN_MS = 30_000;
const NAMES = ["home", "two", "three"];
const bench = new Bench();

afterEach(() => bench.clear());

interface Overview {
  readonly own: ServerStatus;
  readonly queues: Queues;
}

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Servers in this process, the first of which is the home. */
class Servers {
  readonly ports = freeMessagingPorts();
  readonly nodes: TestNode[] = [];

  async start(names: readonly string[]): Promise<this> {
    for (const name of names) {
      const join = name === NAMES[0] ? {} : { CORREIO_JOIN: "127.0.0.1", CORREIO_PORT: "", CORREIO_UDP_PORT: "" };
      const own = { CORREIO_SERVER_ID: name, CORREIO_SERVER_HEARTBEAT_MS: 400, CORREIO_ADMIN_TOKEN: "token" };
      this.nodes.push(await startTestNode({ ...this.ports, ...own, ...join }));
    }
    await eventually("an election", () => this.agree(names.length), WITHIN_MS);
    return this;
  }

  get flags(): readonly string[] {
    const { CORREIO_REFERENCE_PORT: reference, CORREIO_PUBLISHER_PORT: publishers } = this.ports;
    return ["--reference-port", `${reference}`, "--publisher-port", `${publishers}`];
  }

  async admin(...words: readonly string[]): Promise<Ran> {
    const command = [process.execPath, "clients/admin.ts", ...this.flags, ...words];
    const child = Bun.spawn(command, { cwd: projectFolder, env: {}, stdout: "pipe", stderr: "pipe" });
    const [exitCode, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
    return { exitCode, stdout, stderr };
  }

  async json(...words: readonly string[]): Promise<unknown> {
    return JSON.parse((await this.admin("--json", ...words)).stdout);
  }

  async http(path: string, body?: Data, index = 0): Promise<Response> {
    const headers = { Authorization: "Bearer token", "Content-Type": "application/json" };
    const post = { method: "POST", headers, body: JSON.stringify(body) };
    return fetch(`http://127.0.0.1:${this.nodes[index]?.node.httpPort}${path}`, body === undefined ? {} : post);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  async agree(count: number): Promise<boolean> {
    const { items = [] } = (await (await this.http("/servers/election")).json()) as { items?: ServerElection[] };
    const first = items[0]?.standing?.epoch;
    return items.length === count && first !== undefined && items.every(({ standing }) => standing?.epoch === first);
  }
}

describe("three servers", () => {
  const servers = new Servers();
  beforeAll(() => servers.start(NAMES).then(() => undefined), 60_000);
  afterAll(() => servers.stop());

  test("are listed, each with where it is to be reached", async () => {
    const { exitCode, stdout } = await servers.admin("list");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^rank {2}nome {3}endereço +vota\n(?: {3}\d {2}(?:home|two|three) +127\.0\.0\.1:\d+ {2}sim\n){3}$/,
    );
  });

  test("show clocks that are as far from here as their uncertainty and bound allow", async () => {
    const { exitCode, stdout } = await servers.admin("poll-clock", "--json");
    const clocks = JSON.parse(stdout) as readonly ServerClock[];
    expect(exitCode).toBe(0);
    expect(clocks.map(({ name }): string => name).sort()).toEqual(NAMES.toSorted());
    for (const { reading } of clocks) {
      expect(Math.abs(reading?.offsetMs ?? Number.NaN)).toBeLessThan((reading?.uncertaintyMs ?? 0) + 100);
      expect(reading?.clock).toBeGreaterThan(0);
    }
  });

  test("say that one and the same coordinates, by the program, by the reference and by HTTP", async () => {
    const seen: { all: readonly ServerElection[] } = { all: [] };
    // On a busy machine there may be another election between two questions.
    await eventually(
      "the same answer by all ways",
      async () => {
        seen.all = (await servers.json("election", "--all")) as readonly ServerElection[];
        const { coordinator, epoch } = seen.all[0]?.standing ?? {};
        const ways = [await servers.json("election"), await (await servers.http("/servers/election")).json()];
        return Bun.deepEquals(ways, [{ coordinator, epoch }, { items: seen.all }]);
      },
      WITHIN_MS,
    );
    const { coordinator } = seen.all[0]?.standing ?? {};
    expect(seen.all.map(({ standing }) => standing?.coordinator)).toEqual([coordinator, coordinator, coordinator]);
    const inOffice = seen.all.filter(({ standing }) => standing?.role === "coordinator");
    expect(inOffice.map(({ name }): string | undefined => name)).toEqual([coordinator]);
  });

  test("stand the same at each node's gateway, with the queues of the home", async () => {
    for (const [index, name] of NAMES.entries()) {
      const { own, queues } = (await (await servers.http("/servers", undefined, index)).json()) as Overview;
      expect(own.servers.map((each): string => each.name).sort()).toEqual(NAMES.toSorted());
      expect(own.name).toBe(name);
      expect(queues.broker).toEqual({ workers: 3, waiting: 0, running: 0 });
    }
  });

  test("remember how the election went, each as it saw it", async () => {
    for (const index of NAMES.keys()) {
      const { own } = (await (await servers.http("/servers", undefined, index)).json()) as Overview;
      const answer = await servers.http("/servers/elections?limit=200", undefined, index);
      const { items } = (await answer.json()) as { items: readonly ElectionSeen[] };
      const { coordinator = "", epoch = 0, role } = own;
      expect(items).toContainEqual({ at: expect.any(Number), coordinator, epoch, role, why: expect.any(String) });
      for (const [place, { at }] of items.entries()) expect(at).toBeLessThanOrEqual(items[place - 1]?.at ?? Infinity);
      const { at = 0 } = items.at(-1) ?? {};
      const before = await servers.http("/servers/elections?before=2", undefined, index);
      expect(await before.json()).toMatchObject({ items: [{ at }] });
    }
  });

  test("tell their status in words; of one that nobody knows that is said", async () => {
    const { exitCode, stdout } = await servers.admin("status", "two");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Servidor: two, rank \d, em 127\.0\.0\.1:\d+\nHora: \S+, desvio /);
    const unknown = await servers.admin("status", "nobody");
    expect([unknown.exitCode, unknown.stdout]).toEqual([1, "A referência não lista nenhum servidor nobody.\n"]);
  });

  test("refuse a time that is far, in words and with exit code 1, and by HTTP with 409", async () => {
    const far = await servers.admin("set-clock", "two", "-600000");
    expect([far.exitCode, far.stdout]).toEqual([1, "two recusou: hora muito distante\n"]);
    const response = await servers.http("/servers/two/clock", { time: 1 });
    expect([response.status, await response.json()]).toMatchObject([409, { code: "server_refused" }]);
  });

  test("are announced on the topic servers by the program and by HTTP, at every node", async () => {
    const heard: string[] = [];
    const subscriber = bench.keep(new SubscribeSocket("SUB", bench.context, (message) => heard.push(textOf(message))));
    subscriber.subscribe("servers");
    subscriber.subscribe("@ack");
    subscriber.endpoints.connect({ host: "127.0.0.1", port: servers.ports.CORREIO_SUBSCRIBER_PORT });
    await eventually("the subscription", () => heard.includes("@ack"));
    const announced = await servers.admin("announce", "two");
    expect([announced.exitCode, announced.stdout]).toEqual([0, "Publicado no tópico servers: two coordena\n"]);
    expect((await servers.http("/servers/announcement", { coordinator: "home" })).status).toBe(204);
    expect((await servers.http("/servers/announcement", { coordinator: "three" }, 1)).status).toBe(204);
    const news = () => heard.filter((text) => text.startsWith("servers ")).map((text) => JSON.parse(text.slice(8)));
    await eventually("three announcements", () => news().length >= 3);
    expect(news().map(({ data }) => data.coordinator)).toEqual(["two", "home", "three"]);
    expect(news()[0]).toEqual({
      service: "election",
      data: { coordinator: "two", timestamp: expect.stringMatching(/^\d\d:\d\d:\d\d$/), clock: expect.any(Number) },
    });
  });

  test("leave out of the metrics of a joined one what only the home has", async () => {
    const [home, joined] = await Promise.all(servers.nodes.slice(0, 2).map((node) => node.figures.text()));
    expect(home).toContain("\ncorreio_broker_workers 3\n");
    expect(joined).not.toMatch(/\ncorreio_(?:broker|messaging)_/);
    expect(joined).toMatch(/\ncorreio_server_rank \d\n/);
  });

  test.skipIf(!hasPythonModule("zmq"))("answer an existing administration program", async () => {
    await eventually("an election", () => servers.agree(NAMES.length), WITHIN_MS);
    const input = { reference: servers.ports.CORREIO_REFERENCE_PORT };
    const { list, seen } = (await askPython("messaging_admin.py", input)) as {
      list: readonly { name: string; rank: number; address: string }[];
      seen: Readonly<Record<string, Readonly<Record<string, { service: string; data: Data }>>>>;
    };
    expect(list.map(({ name }) => name).sort()).toEqual(NAMES.toSorted());
    for (const name of NAMES) {
      const { clock, told, refused, election, announced, unknown } = seen[name] ?? {};
      expect(clock).toMatchObject({ service: "clock", data: { time: expect.any(Number), clock: expect.any(Number) } });
      expect(told).toMatchObject({ service: "clock", data: { time: expect.any(Number) } });
      expect(refused).toMatchObject({ service: "clock", data: { status: "erro", message: "hora muito distante" } });
      const { coordinator } = election?.data ?? {};
      expect(NAMES).toContain(coordinator as string);
      expect(election).toMatchObject({ service: "election", data: { election: "OK" } });
      expect(announced).toMatchObject({ service: "election", data: { coordinator } });
      expect(unknown).toMatchObject({ service: "error", data: { status: "erro", message: "servico desconhecido" } });
    }
  });

  test.skipIf(!hasTmux)(
    "are shown live in a terminal, which is as it was when q is pressed",
    async () => {
      const flags = [...servers.flags, "--every-ms", "200"].join(" ");
      const terminal = new Terminal(`echo before; ${process.execPath} clients/admin.ts live ${flags}`);
      try {
        await terminal.shows(/Coordenador: \w+, época \d+, segundo 3 de 3/);
        await terminal.shows(/\n> +\d {2}\w+ +coordenador +[+-]\d/);
        await terminal.shows(/Publicações: 0,0\/s, 0,0 entregas\/s/);
        expect(terminal.rows.length).toBeLessThanOrEqual(24);
        expect(terminal.text).not.toContain("before");
        terminal.type("q");
        await terminal.shows("exit code 0");
        await terminal.shows(/[^-]icanon/);
        expect(terminal.text).toContain("before");
      } finally {
        terminal.close();
      }
    },
    60_000,
  );

  test("are shown live line by line in a pipe, until a signal ends it", async () => {
    const command = [process.execPath, "clients/admin.ts", "live", ...servers.flags, "--every-ms", "100"];
    const child = Bun.spawn(command, { cwd: projectFolder, env: {}, stdin: "ignore", stdout: "pipe" });
    let text = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.match(/Publicações: \d/)) child.kill("SIGINT");
    }
    expect(await child.exited).toBe(130);
    expect(text).toMatch(/^\d\d:\d\d:\d\d Coordenador: /);
    expect(text.match(/^\d\d:\d\d:\d\d Servidor \d /gm)?.length).toBeGreaterThanOrEqual(3);
  });
});

describe("a home alone", () => {
  const servers = new Servers();
  beforeAll(() => servers.start(["home"]).then(() => undefined), 60_000);
  afterAll(() => servers.stop());

  test("has its clock put on, and slews there, though it has its own line as the coordinator", async () => {
    const standing = async () => (await servers.json("status", "home")) as ServerStanding;
    await eventually("a time of the group", async () => (await standing()).reading?.boundMs !== undefined);
    const set = await servers.admin("set-clock", "home", "+5000");
    expect([set.exitCode, set.stdout]).toEqual([0, expect.stringContaining("home aceitou; mostra agora ")]);
    await eventually("that it is ahead, of this machine and of its own line, and not sure of its time", async () => {
      const { reading, status } = await standing();
      const offsetsMs = [reading?.offsetMs ?? 0, status?.servers[0]?.offsetMs ?? 0];
      return Math.min(...offsetsMs) > 300 && reading?.boundMs === undefined;
    });
  }, 20_000);

  test("shows who is silent, and hangs for nobody: neither one that is gone nor one that says nothing", async () => {
    const mute = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const gone = freeMessagingPorts().CORREIO_MESSAGING_PORT;
    const reference = new TestRequester(servers.ports.CORREIO_REFERENCE_PORT);
    await reference.ask("heartbeat", { user: "gone", address: `127.0.0.1:${gone}` });
    await reference.ask("heartbeat", { user: "mute", address: `127.0.0.1:${mute.port}` });
    reference.close();
    const { exitCode, stdout } = await servers.admin("poll-clock", "--timeout-ms", "1000");
    mute.stop(true);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\nhome {2}\d{4}-/);
    expect(stdout.match(/\n(?:gone|mute) {2}não responde/g)).toHaveLength(2);
  });

  test("counts publications, and names a subscriber that does not read", async () => {
    const { CORREIO_SUBSCRIBER_PORT: subscribers, CORREIO_PUBLISHER_PORT: publishers } = servers.ports;
    const deaf = await bench.dial(subscribers, { socketType: "SUB" });
    deaf.send("\u0001geral");
    deaf.send("\u0001@ack");
    await eventually("its subscriptions", () => deaf.heard.length > 1);
    deaf.socket.pause();
    const publisher = bench.keep(new PublishSocket("PUB", bench.context));
    publisher.endpoints.connect({ host: "127.0.0.1", port: publishers });
    await peersAt(publisher, 1);
    const large = `geral ${"x".repeat(500_000)}`;
    const slow = async () => (await figures(servers)).slow;
    await eventually("a slow subscriber", async () => {
      publisher.publish(ZmtpMessage.of([large]));
      return (await slow()).length > 0;
    });
    const { publications } = await figures(servers);
    expect(publications.subscribers).toBe(1);
    expect(publications.published).toBeGreaterThan(0);
    expect((await slow())[0]?.address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await servers.nodes[0]?.figures.metric("correio_messaging_publications_total")).toBeGreaterThan(0);
  });
});

test("where messaging is switched off, the gateway says so and the metrics have nothing of it", async () => {
  const node = await startTestNode();
  const response = await fetch(`http://127.0.0.1:${node.node.httpPort}/servers`);
  expect([response.status, await response.json()]).toMatchObject([404, { code: "no_messaging" }]);
  expect(await node.figures.text()).not.toMatch(/correio_(?:server|broker|messaging|clock)_/);
  await node.stop();
});

test("a reference that nobody has started is said to be silent, and the program ends", async () => {
  const ran = await new Servers().admin("list", "--timeout-ms", "300");
  expect([ran.exitCode, ran.stdout]).toEqual([1, "A referência não responde.\n"]);
});

async function figures(servers: Servers): Promise<Queues> {
  return ((await (await servers.http("/servers")).json()) as Overview).queues;
}

function textOf(message: ZmtpMessage): string {
  return String(message.frames()[0]);
}
