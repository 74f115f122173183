// One page of the actors of a node, type after type: those in memory and those that only the store knows.
import { firstFew } from "../base/first-few.ts";
import { compareUtf8 } from "../base/utf8-order.ts";
import { RuntimeError } from "../core/errors.ts";
import { keyProblem } from "../core/key.ts";
import { describe, findActors, type FoundActor } from "../core/queries.ts";
import type { ActorSystem } from "../core/system.ts";
import type { TypeHost } from "../core/type-host.ts";
import type { ActorQuery, ActorView, Page, SortedActorsQuery } from "./view.ts";

/**
 * The cursor is the address of the last one shown, which may be gone by now. Rejects with `actor.unknown_type` and
 * `actor.bad_input` where the query is none, and with what stands against the store.
 */
export async function actorsPage(system: ActorSystem, query: ActorQuery): Promise<Page<ActorView>> {
  const nowMs = system.clock.monotonicMs();
  const hosts = hostsOf(system, query);
  const { type: cursorType, key: cursorKey } = cursorOf(query.after, hosts);
  const { keyPrefix = "", status, where } = query;
  const filter = { keyPrefix, status, where };
  const items: ActorView[] = [];
  for (const host of hosts) {
    const { name } = host.type;
    if (compareTypes(name, cursorType) < 0) continue;
    const wanted = query.limit - items.length;
    const after = name === cursorType ? cursorKey : "";
    // Where the page is full already, one more says that another follows.
    const { found, next } = await find(system, host, { ...filter, after, limit: Math.max(1, wanted) });
    const last = items.at(-1);
    if (wanted === 0 && last !== undefined) {
      if (found.length > 0 || next !== undefined) return { items, next: `${last.type}/${last.key}` };
      continue;
    }
    for (const actor of found) items.push(actorView(host, actor, nowMs));
    if (next !== undefined) return { items, next: `${name}/${next}` };
  }
  return { items };
}

/** Of those in memory the first in this order, most first. Throws `actor.unknown_type`. */
export function sortedActors(system: ActorSystem, query: SortedActorsQuery): readonly ActorView[] {
  const { sort, limit } = query;
  const most = firstFew(residents(system, query), limit, (left, right) => figureOf(right, sort) - figureOf(left, sort));
  const nowMs = system.clock.monotonicMs();
  return most.map(({ host, ...actor }) => actorView(host, actor, nowMs));
}

type Resident = FoundActor & { readonly host: TypeHost };

function* residents(system: ActorSystem, query: SortedActorsQuery): Generator<Resident, undefined> {
  const { keyPrefix = "", status } = query;
  for (const host of hostsOf(system, query)) {
    for (const key of host.cells.keys()) {
      const actor = key.startsWith(keyPrefix) ? describe(host, key) : undefined;
      if (actor !== undefined && (status === undefined || actor.status === status)) yield { ...actor, host };
    }
  }
}

function figureOf({ cell }: Resident, sort: SortedActorsQuery["sort"]): number {
  return (sort === "turns" ? cell?.turns : cell?.mailbox.count) ?? 0;
}

/**
 * In the order of their addresses; private types only where they are asked for by name. Throws where the filter names
 * a type or a field that there is not.
 */
function hostsOf(system: ActorSystem, { type, where }: Pick<ActorQuery, "type" | "where">): readonly TypeHost[] {
  const isListed = (host: TypeHost): boolean =>
    type === undefined ? host.type.options.private !== true : host.type.name === type;
  const hosts = system.hosts.filter(isListed);
  if (type !== undefined && hosts.length === 0) throw system.types.unknown(type);
  if (where !== undefined && type === undefined) throw badFilter("name the type whose field it is");
  for (const { type: each } of hosts) {
    if (where === undefined || each.options.indexed?.includes(where.field)) continue;
    throw badFilter(`"${each.name}" has no indexed field "${where.field}"`);
  }
  return hosts.toSorted((left, right) => compareTypes(left.type.name, right.type.name));
}

interface HostQuery {
  readonly keyPrefix: string;
  readonly status: ActorQuery["status"];
  readonly where: ActorQuery["where"];
  readonly after: string;
  readonly limit: number;
}

interface Found {
  readonly found: readonly FoundActor[];
  readonly next: string | undefined;
}

async function find(system: ActorSystem, host: TypeHost, query: HostQuery): Promise<Found> {
  const { status, where, ...rest } = query;
  if (status === "quarantined" && where === undefined) return findQuarantined(host, query);
  return findActors(host, system.store, {
    ...rest,
    ...(status === undefined ? {} : { status }),
    ...(where === undefined ? {} : { where }),
  });
}

/** They may be neither in memory nor stored. */
function findQuarantined(host: TypeHost, { keyPrefix, after, limit }: HostQuery): Found {
  const keys = Array.from(host.quarantined.keys())
    .filter((key) => key.startsWith(keyPrefix) && compareUtf8(key, after) > 0)
    .sort(compareUtf8);
  const page = keys.slice(0, limit);
  return { found: page.map((key) => describe(host, key)), next: keys.length > limit ? page.at(-1) : undefined };
}

export function actorView({ type }: TypeHost, { key, status, cell }: FoundActor, nowMs: number): ActorView {
  return {
    type: type.name,
    key,
    status,
    mailbox: cell?.mailbox.count ?? 0,
    mailboxBytes: cell?.mailbox.bytes ?? 0,
    turns: cell?.turns ?? 0,
    idleMs: status === "idle" && cell !== undefined ? Math.max(0, Math.round(nowMs - cell.idleSinceMs)) : 0,
  };
}

/** Throws for a text that no page had as its `next`: going on from it would look like the first page, or the last. */
function cursorOf(
  cursor: string | undefined,
  hosts: readonly TypeHost[],
): { readonly type: string; readonly key: string } {
  if (cursor === undefined) return { type: "", key: "" };
  const slash = cursor.indexOf("/");
  const type = cursor.slice(0, Math.max(0, slash));
  const key = cursor.slice(slash + 1);
  if (hosts.some((host) => host.type.name === type) && keyProblem(key) === undefined) return { type, key };
  const message = 'Cannot go on after this cursor: it is no "<type>/<key>" of a type that is listed, as `next` is one';
  throw new RuntimeError("actor.bad_input", message);
}

/** As their addresses: a name ends at a slash, which comes after the hyphen. */
function compareTypes(left: string, right: string): number {
  return compareUtf8(`${left}/`, `${right}/`);
}

function badFilter(why: string): RuntimeError {
  return new RuntimeError("actor.bad_input", `Cannot filter actors by a field: ${why}`);
}
