// What an operator asks the servers and tells them: all at once, so that one that is silent holds up nobody.
import { type Static, t, type TSchema, Value } from "#runtime/mod.ts";

import { LamportClock } from "../clocks/lamport.ts";
import {
  type Queues,
  QueuesSchema,
  type Reading,
  type ServerClock,
  type ServerElection,
  type ServerStanding,
} from "./administration-schemas.ts";
import type { KnownServer } from "./reference.ts";
import { parseServers, StatusSchema } from "./server-addresses.ts";
import { announcementText, parseReadingData } from "./server-messages.ts";
import type { AdministrationPort, Fields, ServerReply } from "./services.ts";

export type ClockChange = { readonly time: number } | { readonly differenceMs: number };

export type Outcome =
  | { readonly kind: "done"; readonly reading?: Reading }
  | { readonly kind: "no_reference" | "unknown_server" | "no_answer" }
  /** In the server's words. */
  | { readonly kind: "refused"; readonly text: string };

const MS_PER_S = 1_000;
const NOTHING: Fields = {};
/** Of one clock, where half the round trip to it is no longer than that: nobody waits long for them. */
const READINGS = 3;
const NEAR_MS = 50;

const ElectionSchema = t.Object({
  coordinator: t.Optional(t.String()),
  epoch: t.Optional(t.Integer()),
  role: t.Optional(t.String()),
});
const ClockSchema = t.Object({ boundMs: t.Optional(t.Number()), clock: t.Optional(t.Integer()) });

/** Who only looks leaves no trace: such questions carry no logical clock, so no server counts them as messages. */
export class Administration {
  readonly #port: AdministrationPort;
  readonly #timeText: () => string;
  readonly #lamport = new LamportClock();

  /** `timeText`: `HH:MM:SS`, as the servers write it. */
  constructor(port: AdministrationPort, timeText: () => string) {
    this.#port = port;
    this.#timeText = timeText;
  }

  /** Those that the reference takes for alive, by rank; undefined where it does not answer, here and below. */
  async list(): Promise<readonly KnownServer[] | undefined> {
    const reply = await this.#refer("list");
    if (!Array.isArray(reply?.data["list"])) return undefined;
    const servers = parseServers(reply.data["list"]).sort((one, other) => one.rank - other.rank);
    this.#port.keepServers(new Set(servers.map(({ name }) => name)));
    return servers;
  }

  async queues(): Promise<Queues | undefined> {
    return checked(QueuesSchema, (await this.#refer("queues"))?.data);
  }

  /** Whom the reference says. */
  async coordinator(): Promise<ServerElection["standing"]> {
    return checked(ElectionSchema, (await this.#refer("election"))?.data);
  }

  /** Of a few readings of each the one that is known best. */
  clocks(servers: readonly KnownServer[]): Promise<readonly ServerClock[]> {
    return Promise.all(servers.map(async (server) => ({ ...server, ...(await this.#bestReading(server)) })));
  }

  elections(servers: readonly KnownServer[]): Promise<readonly ServerElection[]> {
    return this.#askAll(servers, () => "election", standingIn);
  }

  standings(servers: readonly KnownServer[]): Promise<readonly ServerStanding[]> {
    return this.#askAll(servers, statusServiceOf, (reply) => ({ ...readingIn(reply), ...statusIn(reply) }));
  }

  /** Resolves to what the server's clock shows then: one of this kind slews, and so is not there yet. */
  async setClock(name: string, change: ClockChange): Promise<Outcome> {
    const server = await this.#find(name);
    if ("kind" in server) return server;
    const time = "time" in change ? change.time : await this.#timeAfter(server, change.differenceMs);
    if (time === undefined) return { kind: "no_answer" };
    const reply = await this.#ask(server, "clock", { time, clock: this.#lamport.tick() });
    const { reading } = readingIn(reply);
    if (reply?.data["status"] === "erro") return { kind: "refused", text: String(reply.data["message"] ?? "") };
    return reading === undefined ? { kind: "no_answer" } : { kind: "done", reading };
  }

  /** To whoever listens to the topic `servers`. */
  async announce(coordinator: string): Promise<Outcome> {
    const server = await this.#find(coordinator);
    if ("kind" in server) return server;
    const text = announcementText({ coordinator, ...this.#stamp(), clock: this.#lamport.tick() });
    return { kind: (await this.#port.announce(text)) ? "done" : "no_answer" };
  }

  async #find(name: string): Promise<KnownServer | { readonly kind: "no_reference" | "unknown_server" }> {
    const servers = await this.list();
    if (servers === undefined) return { kind: "no_reference" };
    return servers.find((server) => server.name === name) ?? { kind: "unknown_server" };
  }

  /** What a clock will show when the next request is there, and so much more. */
  async #timeAfter(server: KnownServer, differenceMs: number): Promise<number | undefined> {
    const { reading } = readingIn(await this.#ask(server, "clock"));
    return reading && reading.time + (2 * reading.uncertaintyMs + differenceMs) / MS_PER_S;
  }

  async #bestReading(server: KnownServer): Promise<{ readonly reading?: Reading }> {
    let best: Reading | undefined;
    for (let tries = 0; tries < READINGS; tries++) {
      const { reading } = readingIn(await this.#ask(server, "clock"));
      if (best === undefined || (reading !== undefined && reading.uncertaintyMs < best.uncertaintyMs)) best = reading;
      if (best === undefined || best.uncertaintyMs > NEAR_MS) break;
    }
    return best === undefined ? {} : { reading: best };
  }

  async #askAll<Shown>(
    servers: readonly KnownServer[],
    service: (server: KnownServer) => string,
    show: (reply: ServerReply | undefined) => Shown,
  ): Promise<readonly (KnownServer & Shown)[]> {
    return Promise.all(
      servers.map(async (server) => ({ ...server, ...show(await this.#ask(server, service(server))) })),
    );
  }

  async #refer(service: string): Promise<ServerReply | undefined> {
    return this.#heard(await this.#port.askReference(service, this.#stamp()));
  }

  async #ask(server: KnownServer, service: string, data: Fields = {}): Promise<ServerReply | undefined> {
    return this.#heard(await this.#port.askServer(server, service, { ...this.#stamp(), ...data }));
  }

  #heard(reply: ServerReply | undefined): ServerReply | undefined {
    if (reply?.data["clock"] !== undefined) this.#lamport.receive(reply.data["clock"]);
    return reply;
  }

  #stamp(): Fields {
    return { timestamp: this.#timeText() };
  }
}

/** As a server sees it at some moment between its request and its reply: which, nobody can say. */
function readingIn(reply: ServerReply | undefined): { readonly reading?: Reading } {
  const said = reply && parseReadingData(reply.data);
  if (reply === undefined || said === undefined) return {};
  const { data, sentMs, arrivedMs } = reply;
  const offsetMs = said.timeMs - (sentMs + arrivedMs) / 2;
  const more = checked(ClockSchema, data) ?? {};
  const reading = { time: said.timeMs / MS_PER_S, offsetMs, uncertaintyMs: (arrivedMs - sentMs) / 2, ...more };
  return { reading };
}

/** Of other kinds there is the clock. */
function statusServiceOf({ votes }: KnownServer): string {
  return votes ? "status" : "clock";
}

function standingIn(reply: ServerReply | undefined): Pick<ServerElection, "standing"> {
  const standing = checked(ElectionSchema, reply?.data);
  return standing === undefined ? {} : { standing };
}

function statusIn(reply: ServerReply | undefined): Pick<ServerStanding, "status"> {
  const status = checked(StatusSchema, reply?.data);
  return status === undefined ? {} : { status };
}

/** Only the fields that the schema has, without those that are null; undefined where they are not as it has them. */
function checked<Schema extends TSchema>(schema: Schema, data: Fields = NOTHING): Static<Schema> | undefined {
  const value = Value.Clean(schema, Object.fromEntries(Object.entries(data).filter(([, field]) => field !== null)));
  return data !== NOTHING && Value.Check(schema, value) ? value : undefined;
}
