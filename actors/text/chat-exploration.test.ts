// Many orders of coming, going, talking, binding and dying: who is in a room is who lives, and nothing said is lost.
// More of them: `TIMES_RUNS=50 bun test actors/text/chat-exploration.test.ts`.
import { expect, test } from "bun:test";

import { ConnectionStandIn } from "#runtime/testing/connection-stand-in.ts";
import { type Exploration, explore } from "#runtime/testing/mod.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";
import type { World } from "#runtime/testing/world.ts";

import { type Id, idKey, type RoomName } from "../chat/names.ts";
import { Person } from "../chat/person.ts";
import { Room } from "../chat/room.ts";
import type { TextState } from "../commands/command.ts";
import { ChatNode } from "./test-clients.ts";

/** Of a test: it takes a second, unless others take the machine. */
const WITHIN_MS = timesRuns(60_000);
const ROOMS = ["lobby", "sala"] as readonly string[] as readonly RoomName[];
const IDS = ["ana", "bea", "caio"];

const node = new ChatNode({ udpPort: 5_001 });

interface Client {
  readonly connection: ConnectionStandIn;
  /** The node that it is connected to. */
  readonly system: World["system"];
  /** Of a datagram connection: the one on TCP whose token it has shown. */
  readonly control?: Client;
}

interface Saying {
  readonly by: Client;
  readonly room: RoomName;
  readonly tag: string;
  readonly text: string;
}

const linesOf = ({ connection }: Client): readonly string[] => connection.sent as string[];
const stateOf = ({ connection }: Client): TextState => connection.cell.state as TextState;

/** What the first group of the pattern found in any of the lines. */
function found(lines: readonly string[], pattern: RegExp): readonly string[] {
  return lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
}

class Crowd {
  readonly world: World;
  readonly clients: Client[] = [];
  readonly sayings: Saying[] = [];

  constructor(world: World) {
    this.world = world;
  }

  /** Those that have an open connection to the node that runs now. */
  get living(): readonly Client[] {
    return this.clients.filter((client) => {
      return client.connection.endReason === undefined && client.system === this.world.system;
    });
  }

  /** Those living who are somebody by themselves. */
  get members(): readonly Client[] {
    return this.living.filter((client) => stateOf(client).controlKey === "");
  }

  act(): void {
    const client = this.living.length === 0 ? undefined : this.#pick(this.living);
    const room = this.#pick(ROOMS);
    const kind = Math.floor(this.world.random() * 16);
    if (client === undefined || kind < 2) this.#come(this.#pick(IDS), room);
    else if (kind < 3) client.connection.end("disconnect");
    else if (kind < 4) this.#type(client, "EXIT");
    else if (kind < 6) this.#type(client, `LEAVE ${room}`);
    else if (kind < 9) this.#type(client, `JOIN ${room}`);
    else if (kind < 11) this.#type(client, "UDP");
    else if (kind < 13) this.#bind(client);
    else this.#say(client, room);
  }

  /** With the key, where anybody was ever given one. */
  #come(id: string, room: RoomName): void {
    const key = found(this.clients.flatMap(linesOf), new RegExp(`^HELLO: ${id} (\\S+)`)).at(-1) ?? "";
    this.#type(this.#connect("text-session"), `HELLO ${id} ${key}`, `JOIN ${room}`);
  }

  #bind(control: Client): void {
    const token = found(linesOf(control), /^UDP: \d+ (\S+)/).at(-1);
    if (token !== undefined) this.#type(this.#connect("datagram-session", control), `BIND ${token}`);
  }

  #say(by: Client, room: RoomName): void {
    const tag = `t${this.sayings.length}`;
    const text = `text of ${tag}`;
    this.sayings.push({ by, room, tag, text });
    this.#type(by, `#${tag} SAY ${room} ${text}`);
  }

  #connect(type: string, control?: Client): Client {
    const { system } = this.world;
    const host = system.hosts.find((each) => each.type.name === type);
    if (host === undefined) throw new Error(`There is no type ${type}`);
    const connection = new ConnectionStandIn(system, host.type, String(this.clients.length));
    const client = { connection, system, ...(control === undefined ? {} : { control }) };
    this.clients.push(client);
    return client;
  }

  #type({ connection }: Client, ...lines: readonly string[]): void {
    this.world.note(`${connection.id} types ${lines.join(", ")}`);
    connection.deliver(...lines.map((line) => `${line}\n`));
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.world.random() * items.length)] as Item;
  }
}

const evening: Exploration<Crowd> = {
  types: Object.values(node.types),
  stepsMax: 20_000,
  async scenario(world) {
    node.restartSecrets();
    const crowd = new Crowd(world);
    for (let count = 0; count < 40; count++) {
      crowd.act();
      await world.sleep(world.random() < 0.5 ? 0 : world.random() * 20);
    }
    await world.sleep(100_000);
    return crowd;
  },
  async check(world, crowd) {
    await checkIds(world, crowd.members);
    for (const room of ROOMS) {
      const inside = crowd.members.filter((client) => stateOf(client).rooms.includes(room));
      const listed = await checkCount(world, room);
      expect(listed).toEqual(inside.map(nameOf).sort());
      await checkMessages(world, room, crowd);
      for (const client of inside) await checkSeen(world, room, crowd, client);
    }
  },
};

/** Whoever was told of a failure may be inside, or outside, all the same; a ghost it is not. */
const badEvening: Exploration<Crowd> = {
  ...evening,
  async check(world, crowd) {
    await checkIds(world, crowd.members);
    for (const room of ROOMS) {
      const inside = crowd.members.filter((client) => stateOf(client).rooms.includes(room));
      const listed = await checkCount(world, room);
      const sure = inside.filter((client) => found(linesOf(client), /^(ERROR: ).*\(store\./).length === 0);
      expect(listed).toEqual(expect.arrayContaining(sure.map(nameOf)));
      const living = crowd.living.map(({ connection }) => connection.id);
      expect(living).toEqual(expect.arrayContaining(listed.map((name) => name.split(" by ")[1])));
      await checkMessages(world, room, crowd);
    }
  },
};

const nameOf = (client: Client): string => `${stateOf(client).id} by ${client.connection.id}`;

/** No two have one, and whoever has one is known by it. */
async function checkIds(world: World, members: readonly Client[]): Promise<void> {
  const named = members.filter((client) => stateOf(client).id !== "");
  const ids = named.map((client) => idKey(stateOf(client).id as Id));
  expect(new Set(ids).size).toBe(ids.length);
  for (const [index, { connection }] of named.entries()) {
    const reader = { type: "text-session", key: connection.id };
    expect(await world.ref(Person, ids[index]!).history({ page: { after: 0, count: 1 }, reader })).toEqual([]);
  }
}

/** Those who are listed, as many as are counted. */
async function checkCount(world: World, room: RoomName): Promise<readonly string[]> {
  const listed = await world.ref(Room, room).members({ count: 100 });
  const visitor = { id: "zeca" as Id, session: { type: "text-session", key: "none" }, since: 0, address: "" };
  expect((await world.ref(Room, room).join({ member: visitor })).members).toBe(listed.length + 1);
  return listed.map(({ id, session }) => `${id} by ${session.key}`).sort();
}

/** Without gaps and once each, as they were acknowledged. */
async function checkMessages(world: World, room: RoomName, crowd: Crowd): Promise<void> {
  const messages = await messagesOf(world, room);
  expect(messages.map(({ number }) => number)).toEqual(messages.map((_, index) => index + 1));
  expect(new Set(messages.map(({ text }) => text)).size).toBe(messages.length);
  for (const { by, tag, text } of crowd.sayings.filter((saying) => saying.room === room)) {
    const number = found(linesOf(by), new RegExp(`^#${tag} SAY: \\S+ (\\d+)`))[0];
    if (number !== undefined) expect(messages[Number(number) - 1]?.text).toBe(text);
  }
}

/** All that was said since it came. */
async function checkSeen(world: World, room: RoomName, crowd: Crowd, client: Client): Promise<void> {
  // Who has lost its datagrams asks for what it missed.
  if (linesOf(client).some((line) => line.startsWith("* ! udp_lost"))) return;
  const bound = crowd.clients.filter(({ control }) => control === client);
  const seen = found([client, ...bound].flatMap(linesOf), new RegExp(`^\\* ${room} (\\d+) `)).map(Number);
  const since = Number(found(linesOf(client), new RegExp(`^JOIN: ${room} (\\d+)`)).at(-1));
  const { length } = await messagesOf(world, room);
  for (let number = since + 1; number <= length; number++) expect(seen).toContain(number);
}

function messagesOf(world: World, room: RoomName) {
  return world.ref(Room, room).history({ after: 0, count: 100 });
}

test(
  "whatever the order, those in a room are those who live, and see all that is said",
  async () => {
    await explore({ ...evening, runs: timesRuns(30) });
  },
  WITHIN_MS,
);

test(
  "the same where the server is killed in the middle of it",
  async () => {
    await explore({ ...evening, runs: timesRuns(20), faults: { crash: 0.006 } });
  },
  WITHIN_MS,
);

test(
  "where the store fails, or does what it says it could not, no two have one id and nobody is a ghost",
  async () => {
    await explore({
      ...badEvening,
      runs: timesRuns(30),
      faults: { commitFails: 0.05, answerLost: 0.1, readFails: 0.02 },
    });
  },
  WITHIN_MS,
);
