// The reference: gives each server its rank, and knows which of them are alive.
import { actor, type DurableContext, limits, type Static, t } from "#runtime/mod.ts";

import { GoneSchema, isSameSession, SessionAddressSchema } from "../chat/session-address.ts";
import { SERVER_NAME_LENGTH_MAX, type ServerName } from "./server-name.ts";

/** There is one reference. */
export const REFERENCE_KEY = "all";

const NameSchema = t.Unsafe<ServerName>(t.String({ minLength: 1, maxLength: SERVER_NAME_LENGTH_MAX }));

const HeardSchema = t.Object({
  name: NameSchema,
  address: t.String({ maxLength: limits.serverAddressLengthMax, description: "Host, as others are to connect to it" }),
  /** Of a server of this kind: one process, and the connection that it speaks by. */
  instance: t.Optional(t.String({ maxLength: SERVER_NAME_LENGTH_MAX })),
  session: SessionAddressSchema,
});

export const KnownServerSchema = t.Object({
  name: NameSchema,
  rank: t.Integer({ minimum: 1 }),
  address: t.String(),
  votes: t.Boolean({ description: "It is of this kind: it votes, and keeps to epochs" }),
});

export type KnownServer = Static<typeof KnownServerSchema>;

const ServerSchema = t.Object({
  ...KnownServerSchema.properties,
  instance: t.Optional(t.String()),
  session: t.Optional(SessionAddressSchema),
  /** Has not been silent for too long, or has said that it goes. */
  isAlive: t.Boolean(),
});

type Server = Static<typeof ServerSchema>;
type Heard = Static<typeof HeardSchema>;
type ReferenceContext = DurableContext<{ servers: Server[] }>;

/**
 * Key `REFERENCE_KEY`. Ranks are stored, and remembered of servers that are gone: of the last
 * `limits.serversRememberedMax` names. When each was heard is not: after a restart all that were alive have their time
 * anew.
 */
export function createReference() {
  const heard = new HeardTimes();
  return actor("server-reference", {
    about: "Gives each server of messages its rank, and knows who is alive; there is one",
    internal: true,
    state: () => ({ servers: [] as Server[] }),
    durable: true,
  })
    .on("hear", { in: HeardSchema, out: t.Object({ rank: t.Integer() }) }, (reference, said) => {
      const { state, turnStartedMs: nowMs } = reference;
      bury(state.servers, heard, nowMs);
      const known = state.servers.find(({ name }) => name === said.name);
      if (known !== undefined && isTaken(known, said)) throw reference.refuse("reference.name_taken");
      const server = known ?? enlist(reference, said, heard);
      heard.set(said.name, nowMs);
      return { rank: update(reference, server, said).rank };
    })
    .on("leave", { in: t.Object({ name: NameSchema, instance: t.String() }) }, ({ state }, { name, instance }) => {
      const server = state.servers.find((known) => known.name === name && known.instance === instance);
      if (server !== undefined) Object.assign(server, { isAlive: false, instance: undefined });
    })
    .on("gone", { in: GoneSchema }, ({ state }, gone) => {
      // It may still be alive and come back; until then somebody else may have its name.
      for (const server of state.servers) {
        if (isSameSession(server.session, gone)) Object.assign(server, { instance: undefined, session: undefined });
      }
    })
    .on("list", { out: t.Array(KnownServerSchema) }, ({ state, turnStartedMs }) => {
      bury(state.servers, heard, turnStartedMs);
      const alive = state.servers.filter(({ isAlive }) => isAlive).sort((one, other) => one.rank - other.rank);
      return alive.map(({ name, rank, address, votes }) => ({ name, rank, address, votes }));
    });
}

/** When each server was last heard of, in monotonic milliseconds. */
class HeardTimes {
  readonly #times = new Map<ServerName, number>();
  #since: number | undefined;

  set(name: ServerName, nowMs: number): void {
    this.#times.set(name, nowMs);
  }

  forget(name: ServerName): void {
    this.#times.delete(name);
  }

  /** Of one that was alive before this process: since it is looked at. */
  silenceMs(name: ServerName, nowMs: number): number {
    this.#since ??= nowMs;
    return nowMs - (this.#times.get(name) ?? this.#since);
  }
}

function bury(servers: readonly Server[], heard: HeardTimes, nowMs: number): void {
  for (const server of servers) {
    if (heard.silenceMs(server.name, nowMs) <= limits.serverSilenceMs) continue;
    Object.assign(server, { isAlive: false, instance: undefined, session: undefined });
  }
}

/** Another process has this name, and is alive. */
function isTaken(known: Server, { instance }: Heard): boolean {
  return known.isAlive && known.instance !== undefined && known.instance !== instance;
}

function enlist(reference: ReferenceContext, { name, address }: Heard, heard: HeardTimes): Server {
  const { servers } = reference.state;
  const dead = servers.filter(({ isAlive }) => !isAlive);
  if (servers.length - dead.length >= limits.serversMax) throw reference.refuse("reference.full");
  const [longestKnown] = dead;
  if (longestKnown !== undefined && servers.length >= limits.serversRememberedMax) {
    servers.splice(servers.indexOf(longestKnown), 1);
    heard.forget(longestKnown.name);
  }
  const taken = new Set(servers.map(({ rank }) => rank));
  let rank = 1;
  while (taken.has(rank)) rank++;
  const server: Server = { name, rank, address, votes: false, isAlive: true };
  servers.push(server);
  return server;
}

function update(reference: ReferenceContext, server: Server, { address, instance, session }: Heard): Server {
  Object.assign(server, { address, isAlive: true, votes: instance !== undefined });
  if (instance === undefined || isSameSession(server.session, session)) return server;
  if (server.session !== undefined) reference.unwatch(server.session);
  reference.watch(session, "gone");
  return Object.assign(server, { instance, session });
}
