// What an operator asks the servers and tells them: all at once, so that one that is silent holds up nobody.
import { type Static, t, type TSchema, Value } from "#runtime/mod.ts";

import {
  type Queues,
  QueuesSchema,
  type Reading,
  type ServerClock,
  type ServerElection,
  type ServerStanding,
} from "./administration-schemas.ts";
import type { NodeClocks } from "./node-clocks.ts";
import type { KnownServer } from "./reference.ts";
import { parseServers, StatusSchema } from "./server-addresses.ts";
import { announcementText, parseReadingData } from "./server-messages.ts";
import type { Fields, ServerAddress, ServerReply } from "./services.ts";

/** What is asked has undefined for an answer where none comes in time. Times are those of this machine. */
export interface AdministrationPort {
  askReference(service: string, data: Fields): Promise<ServerReply | undefined>;
  askServer(to: ServerAddress, service: string, data: Fields): Promise<ServerReply | undefined>;
  /** Connections to others are given up. */
  keepServers(names: ReadonlySet<string>): void;
  /** Resolves once the proxy is sent it; to false where that does not listen in time. */
  announce(text: string): Promise<boolean>;
}

export type ClockChange = { readonly time: number } | { readonly differenceMs: number };

export type Outcome =
  | { readonly kind: "done"; readonly reading?: Reading }
  | { readonly kind: "no_reference" | "unknown_server" | "no_answer" }
  /** In the server's words. */
  | { readonly kind: "refused"; readonly text: string };

const MS_PER_S = 1_000;

const ElectionSchema = t.Object({
  coordinator: t.Optional(t.String()),
  epoch: t.Optional(t.Integer()),
  role: t.Optional(t.String()),
});
const ClockSchema = t.Object({ boundMs: t.Optional(t.Number()), clock: t.Optional(t.Integer()) });

/** Only looking leaves no trace: such questions carry no logical clock, so no server counts them as messages. */
export class Administration {
  readonly #port: AdministrationPort;
  readonly #clocks: Pick<NodeClocks, "lamport" | "timeText">;

  constructor(port: AdministrationPort, clocks: Pick<NodeClocks, "lamport" | "timeText">) {
    this.#port = port;
    this.#clocks = clocks;
  }

  /** Those that the reference takes for alive, by rank; undefined where it does not answer, here and below. */
  async list(): Promise<readonly KnownServer[] | undefined> {
    const reply = await this.#port.askReference("list", this.#look());
    if (!Array.isArray(reply?.data["list"])) return undefined;
    const servers = parseServers(reply.data["list"]).sort((one, other) => one.rank - other.rank);
    this.#port.keepServers(new Set(servers.map(({ name }) => name)));
    return servers;
  }

  async queues(): Promise<Queues | undefined> {
    return checked(QueuesSchema, (await this.#port.askReference("queues", this.#look()))?.data);
  }

  /** Whom the reference says. */
  async coordinator(): Promise<ServerElection["standing"]> {
    return checked(ElectionSchema, (await this.#port.askReference("election", this.#look()))?.data);
  }

  clocks(servers: readonly KnownServer[]): Promise<readonly ServerClock[]> {
    return Promise.all(
      servers.map(async (server) => ({ ...server, ...readingIn(await this.#ask(server, "clock", this.#look())) })),
    );
  }

  elections(servers: readonly KnownServer[]): Promise<readonly ServerElection[]> {
    return Promise.all(
      servers.map(async (server) => {
        const standing = checked(ElectionSchema, (await this.#ask(server, "election", this.#look()))?.data);
        return { ...server, ...(standing === undefined ? {} : { standing }) };
      }),
    );
  }

  standings(servers: readonly KnownServer[]): Promise<readonly ServerStanding[]> {
    return Promise.all(
      servers.map(async (server) => {
        const reply = await this.#ask(server, server.votes ? "status" : "clock", this.#look());
        const status = checked(StatusSchema, reply?.data);
        return { ...server, ...readingIn(reply), ...(status === undefined ? {} : { status }) };
      }),
    );
  }

  /** Resolves to what the server's clock shows then: one of this kind slews, and so is not there yet. */
  async setClock(name: string, change: ClockChange): Promise<Outcome> {
    const server = await this.#find(name);
    if ("kind" in server) return server;
    const time = "time" in change ? change.time : await this.#timeAfter(server, change.differenceMs);
    if (time === undefined) return { kind: "no_answer" };
    const reply = await this.#ask(server, "clock", { ...this.#said(), time });
    const { reading } = readingIn(reply);
    if (reply?.data["status"] === "erro") return { kind: "refused", text: String(reply.data["message"]) };
    return reading === undefined ? { kind: "no_answer" } : { kind: "done", reading };
  }

  /** To whoever listens to the topic `servers`. */
  async announce(coordinator: string): Promise<Outcome> {
    const server = await this.#find(coordinator);
    if ("kind" in server) return server;
    const isSent = await this.#port.announce(announcementText({ ...this.#said(), coordinator }));
    return { kind: isSent ? "done" : "no_answer" };
  }

  async #find(name: string): Promise<KnownServer | { readonly kind: "no_reference" | "unknown_server" }> {
    const servers = await this.list();
    if (servers === undefined) return { kind: "no_reference" };
    return servers.find((server) => server.name === name) ?? { kind: "unknown_server" };
  }

  /** What a clock will show when the next request is there, and so much more. */
  async #timeAfter(server: KnownServer, differenceMs: number): Promise<number | undefined> {
    const { reading } = readingIn(await this.#ask(server, "clock", this.#look()));
    return reading && reading.time + (2 * reading.uncertaintyMs + differenceMs) / MS_PER_S;
  }

  #ask(server: KnownServer, service: string, data: Fields): Promise<ServerReply | undefined> {
    return this.#port.askServer(server, service, data);
  }

  #look(): Fields {
    return { timestamp: this.#clocks.timeText() };
  }

  #said(): Fields {
    return { ...this.#look(), clock: this.#clocks.lamport.tick() };
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

/** Only the fields that the schema has; undefined where they are not as it has them. */
function checked<Schema extends TSchema>(schema: Schema, data: Fields | undefined): Static<Schema> | undefined {
  const value = Value.Clean(schema, { ...data });
  return data !== undefined && Value.Check(schema, value) ? value : undefined;
}
