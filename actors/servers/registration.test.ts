// How a server is registered: again and again where it is refused, at the pace of its heartbeats; and with what times.
import { describe, expect, test } from "bun:test";

import { SteppedSystem } from "#runtime/testing/mod.ts";

import { createTestServices } from "../test-services.ts";
import { SERVER_KEY } from "./server-addresses.ts";
import { createServerTypes } from "./server-catalog.ts";
import type { Fields, GroupSettings, ServerReply } from "./services.ts";

const HEARTBEAT_MS = 5_000;
const TAKEN = { status: "erro", message: "outro servidor vivo tem este nome", code: "reference.name_taken" };

/** A server whose reference answers as the test says, by the name that asks. */
class Registration {
  readonly asked: string[] = [];
  readonly logged: (readonly [message: string, details: Fields])[] = [];
  readonly adopted: GroupSettings[] = [];
  answer: (name: string) => Fields = () => TAKEN;
  readonly #stepped: SteppedSystem;
  readonly #beat: () => void;

  constructor(nameAt: (attempt: number) => string | undefined) {
    const { servers } = createTestServices({});
    const { types } = createServerTypes({
      ...servers,
      server: {
        ...servers.server,
        nameAt,
        log: (message, details) => this.logged.push([message, details]),
        adopt: (settings) => this.adopted.push(settings) > 0,
        askReference: async (service, data) => replied(service === "list" ? { list: [] } : this.#hear(data)),
      },
    });
    this.#stepped = new SteppedSystem(Object.values(types));
    this.#beat = () => this.#stepped.ref(types.server, SERVER_KEY).tell.beat();
  }

  /** As many heartbeats, each with the time until the next. */
  async beats(count: number): Promise<void> {
    for (let beat = 0; beat < count; beat++) {
      this.#beat();
      await this.#stepped.advance(HEARTBEAT_MS);
    }
  }

  get complaints(): readonly unknown[] {
    return this.logged.flatMap(([message, { reason }]) => (message.startsWith("Cannot register") ? [reason] : []));
  }

  #hear({ user }: Fields): Fields {
    this.asked.push(String(user));
    return this.answer(String(user));
  }
}

function replied(data: Fields): ServerReply {
  return { data, sentMs: 0, arrivedMs: 0 };
}

describe("a server with a name of its own", () => {
  test("that another one has asks once each heartbeat, and says so once", async () => {
    const server = new Registration(() => "two");
    await server.beats(10);
    expect(server.asked).toHaveLength(10);
    expect(server.complaints).toEqual([TAKEN.message]);
  });

  test("has it as soon as the other one is gone", async () => {
    const server = new Registration(() => "two");
    await server.beats(2);
    server.answer = () => ({ rank: 2 });
    await server.beats(1);
    // It is listed where it can be reached from the second time on.
    expect(server.asked).toEqual(["two", "two", "two", "two"]);
    server.answer = () => TAKEN;
    await server.beats(1);
    expect(server.complaints).toEqual([TAKEN.message, TAKEN.message]);
  });
});

test("each reason why it is not listed is said as it is, once, and none makes it try sooner", async () => {
  const server = new Registration((attempt) => `pc-${attempt}`);
  const reasons = ["servidores demais", "clock muito adiantado", "servidores demais"];
  for (const message of reasons) {
    server.answer = () => ({ status: "erro", message, code: "reference.full" });
    await server.beats(3);
  }
  expect(server.asked).toEqual(Array.from({ length: 9 }, () => "pc-0"));
  expect(server.complaints).toEqual(reasons.slice(0, 2));
});

test("reasons that are new each time are not all said", async () => {
  const server = new Registration(() => "two");
  server.answer = () => ({ status: "erro", message: `${server.asked.length}`.repeat(1_000) });
  await server.beats(50);
  expect(server.asked).toHaveLength(50);
  expect(server.complaints).toHaveLength(16);
  expect(server.complaints.every((reason) => String(reason).length <= 256)).toBe(true);
});

test("a server without a name of its own takes the next that is free, at once", async () => {
  const server = new Registration((attempt) => (attempt < 10 ? `pc-${attempt}` : undefined));
  server.answer = (name) => (name === "pc-3" ? { rank: 4 } : TAKEN);
  await server.beats(1);
  expect(server.asked).toEqual(["pc-0", "pc-1", "pc-2", "pc-3", "pc-3"]);
});

test("where none of its names is free, a server begins anew with the next heartbeat", async () => {
  const server = new Registration((attempt) => (attempt < 3 ? `pc-${attempt}` : undefined));
  await server.beats(2);
  expect(server.asked).toEqual(["pc-0", "pc-1", "pc-2", "pc-0", "pc-1", "pc-2"]);
});

describe("what its home has set", () => {
  test("is taken with the rank", async () => {
    const server = new Registration(() => "two");
    server.answer = () => ({ rank: 2, heartbeatMs: 500, synchronisation: "berkeley" });
    await server.beats(1);
    expect(server.adopted[0]).toEqual({ heartbeatMs: 500, synchronisation: "berkeley" });
  });

  test("may change, also each time, and nobody asks more often for that", async () => {
    const server = new Registration(() => "two");
    server.answer = () => ({ rank: 2, heartbeatMs: server.asked.length, synchronisation: "estimate" });
    await server.beats(10);
    expect(server.adopted.map(({ heartbeatMs }) => heartbeatMs)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test.each([
    {},
    { heartbeatMs: 0, synchronisation: "estimate" },
    { heartbeatMs: 10_001, synchronisation: "estimate" },
    { heartbeatMs: 500.5, synchronisation: "estimate" },
    { heartbeatMs: "500", synchronisation: "estimate" },
    { heartbeatMs: 500, synchronisation: "other" },
  ])("is nothing that a server keeps to where it is %j", async (said) => {
    const server = new Registration(() => "two");
    server.answer = () => ({ rank: 2, ...said });
    await server.beats(1);
    expect([server.asked.length, server.adopted]).toEqual([2, []]);
  });
});
