// What an operator is told of the servers and may tell them, without a network.
import { describe, expect, test } from "bun:test";

import type { ServerStatus } from "./administration-schemas.ts";
import { Administration } from "./administration.ts";
import type { KnownServer } from "./reference.ts";
import type { ServerName } from "./server-name.ts";
import type { AdministrationPort, Fields, ServerReply } from "./services.ts";

function server(name: string, rank: number, votes: boolean): KnownServer {
  return { name: name as ServerName, rank, address: `${name}:${5_600 + rank}`, votes };
}

const alpha = server("alfa", 1, true);
const foreign = server("py", 2, false);
const queues = {
  broker: { workers: 2, waiting: 0, running: 1 },
  publications: { published: 3, delivered: 6, dropped: 0, subscribers: 2 },
  slow: [{ address: "10.0.0.9:50122", dropped: 1, waitingBytes: 2 }],
};
const status: ServerStatus = {
  name: "alfa",
  rank: 1,
  role: "follower",
  coordinator: "beta",
  epoch: 65_538,
  time: 100,
  boundMs: 0.5,
  steps: 1,
  clock: 7,
  servers: [],
};

type Answers = Readonly<Record<string, Fields>>;

/** Everything takes 20 ms there and back, from second 100 on. */
const [SENT_MS, ARRIVED_MS] = [100_000, 100_020];

class TestServers implements AdministrationPort {
  readonly asked: (readonly [to: string, service: string, data: Fields])[] = [];
  readonly announced: string[] = [];
  readonly kept: string[][] = [];
  isProxyThere = true;
  readonly #answers: Readonly<Record<string, Answers>>;

  /** What each answers to each service; the reference is `""`. */
  constructor(answers: Readonly<Record<string, Answers>>) {
    this.#answers = answers;
  }

  askReference(service: string, data: Fields): Promise<ServerReply | undefined> {
    return this.askServer({ name: "" }, service, data);
  }

  async askServer({ name }: { readonly name: string }, service: string, data: Fields) {
    this.asked.push([name, service, data]);
    const reply = this.#answers[name]?.[service];
    return reply && { data: reply, sentMs: SENT_MS, arrivedMs: ARRIVED_MS };
  }

  keepServers(names: ReadonlySet<string>): void {
    this.kept.push([...names]);
  }

  async announce(text: string): Promise<boolean> {
    if (this.isProxyThere) this.announced.push(text);
    return this.isProxyThere;
  }
}

function administer(answers: Readonly<Record<string, Answers>>) {
  const servers = new TestServers({ "": { list: { list: [foreign, alpha], clock: 40 } }, ...answers });
  return { servers, administration: new Administration(servers, () => "09:11:00") };
}

describe("the list", () => {
  test("is that of the reference, by rank, and connections to others are given up", async () => {
    const { servers, administration } = administer({});
    expect(await administration.list()).toEqual([alpha, foreign]);
    expect(servers.kept).toEqual([["alfa", "py"]]);
  });

  test("of a reference in Python has the name for a host where no address is known", async () => {
    const list = [{ name: "py", rank: 2, address: null }];
    const { administration } = administer({ "": { list: { list } } });
    expect(await administration.list()).toEqual([{ ...foreign, address: "py" }]);
  });

  test.each([undefined, { status: "erro" }])("is unknown where the reference answers %p", async (list) => {
    const { administration } = administer({ "": list === undefined ? {} : { list } });
    expect(await administration.list()).toBeUndefined();
  });
});

describe("whoever only looks", () => {
  test("says no logical clock: it would count as a message, and bring the next round of clocks forward", async () => {
    const { servers, administration } = administer({});
    const all = (await administration.list()) ?? [];
    await Promise.all([administration.clocks(all), administration.elections(all), administration.standings(all)]);
    expect(servers.asked.map(([, , data]) => data)).toEqual(servers.asked.map(() => ({ timestamp: "09:11:00" })));
  });
});

describe("the clock of a server", () => {
  test("is off by what it says less the middle of the round trip, give or take half of that", async () => {
    const { administration } = administer({ alfa: { clock: { time: 100.25, boundMs: 0.5, hardwareMs: 1, clock: 7 } } });
    const [{ reading } = {}] = await administration.clocks([alpha]);
    expect(reading).toEqual({ time: 100.25, offsetMs: 240, uncertaintyMs: 10, boundMs: 0.5, clock: 7 });
  });

  test("of an existing program has no bound", async () => {
    const { administration } = administer({ py: { clock: { time: 100.01, clock: 3, timestamp: "09:11:00" } } });
    const [{ reading } = {}] = await administration.clocks([foreign]);
    expect(reading).toEqual({ time: 100.01, offsetMs: 0, uncertaintyMs: 10, clock: 3 });
  });

  test("is the best of three readings, where the server is near", async () => {
    const { servers, administration } = administer({});
    const trips = [30, 10, 20];
    servers.askServer = async () => {
      const arrivedMs = SENT_MS + (trips.shift() ?? 0);
      return { data: { time: 100 }, sentMs: SENT_MS, arrivedMs };
    };
    const [{ reading } = {}] = await administration.clocks([alpha]);
    expect([reading?.uncertaintyMs, trips]).toEqual([5, []]);
  });

  test("is asked once where that takes long, or where nobody answers", async () => {
    const { servers, administration } = administer({});
    const asked: string[] = [];
    servers.askServer = async ({ name }) => {
      asked.push(name);
      return name === "alfa" ? { data: { time: 100 }, sentMs: 0, arrivedMs: 1_000 } : undefined;
    };
    const clocks = await administration.clocks([alpha, foreign]);
    expect(asked).toEqual(["alfa", "py"]);
    expect(clocks.map(({ reading }) => reading?.uncertaintyMs)).toEqual([500, undefined]);
  });
});

describe("an election", () => {
  test("is what each says; one that does not answer has no standing, one that knows nobody an empty one", async () => {
    const said = { election: "OK", coordinator: "py", epoch: 65_538, role: "follower", clock: 7 };
    const silent = server("silent", 3, true);
    const { administration } = administer({ alfa: { election: said }, py: { election: { coordinator: null } } });
    expect(await administration.elections([alpha, foreign, silent])).toEqual([
      { ...alpha, standing: { coordinator: "py", epoch: 65_538, role: "follower" } },
      { ...foreign, standing: {} },
      silent,
    ]);
  });

  test("is, without asking the servers, what the reference says", async () => {
    const { administration } = administer({ "": { election: { election: "OK", coordinator: "py", epoch: 65_538 } } });
    expect(await administration.coordinator()).toEqual({ coordinator: "py", epoch: 65_538 });
  });
});

describe("how servers stand", () => {
  test("is asked of those of this kind; of others there is the clock", async () => {
    const { servers, administration } = administer({ alfa: { status }, py: { clock: { time: 100.01 } } });
    expect(await administration.standings([alpha, foreign])).toEqual([
      { ...alpha, reading: { time: 100, offsetMs: -10, uncertaintyMs: 10, boundMs: 0.5, clock: 7 }, status },
      { ...foreign, reading: { time: 100.01, offsetMs: 0, uncertaintyMs: 10 } },
    ]);
    expect(servers.asked.map(([to, service]) => [to, service])).toEqual([
      ["alfa", "status"],
      ["py", "clock"],
    ]);
  });
});

describe("the queues", () => {
  test("are what the reference says", async () => {
    expect(await administer({ "": { queues: { ...queues, clock: 3 } } }).administration.queues()).toEqual(queues);
  });

  test("are unknown where it is a program that has none", async () => {
    const { administration } = administer({ "": { queues: { status: "erro", message: "servico desconhecido" } } });
    expect(await administration.queues()).toBeUndefined();
  });
});

describe("setting a clock", () => {
  const shown = { time: 100.01, clock: 50 };

  test("to a time says that time, with a logical clock behind all that was heard", async () => {
    const { servers, administration } = administer({ alfa: { clock: shown } });
    const outcome = await administration.setClock("alfa", { time: 99 });
    expect(outcome).toMatchObject({ kind: "done", reading: { time: 100.01 } });
    expect(servers.asked.at(-1)).toEqual(["alfa", "clock", { timestamp: "09:11:00", time: 99, clock: 42 }]);
  });

  test("by a difference adds it to what the clock shows when the instruction is there", async () => {
    const { servers, administration } = administer({ alfa: { clock: shown } });
    await administration.setClock("alfa", { differenceMs: -250 });
    const [, , { time }] = servers.asked.at(-1) ?? ["", "", {}];
    expect(time).toBeCloseTo(100.01 + 0.02 - 0.25, 9);
  });

  test("that the server refuses says so in its words", async () => {
    const { administration } = administer({ alfa: { clock: { status: "erro", message: "hora muito distante" } } });
    expect(await administration.setClock("alfa", { time: 1 })).toEqual({
      kind: "refused",
      text: "hora muito distante",
    });
  });

  test.each([
    ["nobody", "unknown_server"],
    ["py", "no_answer"],
  ] as const)("of %p ends with %p", async (name, kind) => {
    const { administration } = administer({});
    expect(await administration.setClock(name, { time: 100 })).toEqual({ kind });
    expect(await administration.setClock(name, { differenceMs: 1 })).toEqual({ kind });
  });

  test("ends with no_reference where that does not answer", async () => {
    const { administration } = administer({ "": {} });
    expect(await administration.setClock("alfa", { time: 100 })).toEqual({ kind: "no_reference" });
  });
});

describe("an announcement", () => {
  test("is published as existing programs know it, later than all that was heard", async () => {
    const { servers, administration } = administer({});
    expect(await administration.announce("py")).toEqual({ kind: "done" });
    const [text = ""] = servers.announced;
    expect(text).toStartWith("servers {");
    expect(JSON.parse(text.slice("servers ".length))).toEqual({
      service: "election",
      data: { coordinator: "py", timestamp: "09:11:00", clock: 42 },
    });
  });

  test("of a server that nobody knows is none", async () => {
    const { servers, administration } = administer({});
    expect(await administration.announce("nobody")).toEqual({ kind: "unknown_server" });
    expect(servers.announced).toEqual([]);
  });

  test("that nobody takes is told", async () => {
    const { servers, administration } = administer({});
    servers.isProxyThere = false;
    expect(await administration.announce("py")).toEqual({ kind: "no_answer" });
  });
});
