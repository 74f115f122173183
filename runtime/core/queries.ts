// Which actors there are: asleep or awake, by type, key, status and indexed fields, page by page.
import { compareUtf8 } from "../base/utf8-order.ts";
import type { Cell, CellStatus } from "./cell.ts";
import type { Store } from "./ports.ts";
import type { FieldFilter } from "./stored.ts";
import type { TypeHost } from "./type-host.ts";

export type ActorStatus = CellStatus | "asleep" | "quarantined";

export interface ActorQuery {
  readonly keyPrefix?: string;
  readonly status?: ActorStatus;
  /** As last committed; only fields that the type declares as indexed. */
  readonly where?: FieldFilter;
  /** Keys after this one, in order of their UTF-8 bytes. */
  readonly after?: string;
  readonly limit: number;
}

export interface FoundActor {
  readonly key: string;
  readonly status: ActorStatus;
  /** Undefined when it is not in memory. */
  readonly cell: Cell | undefined;
}

/** Stored keys are looked at this many at a time; a page that needs more than `PAGES_MAX` of them ends early. */
const STORED_AT_ONCE = 1_000;
const PAGES_MAX = 100;

/** At most `limit`, in order; `next` is there when there may be more. Rejects with what stands against the store. */
export async function findActors(
  host: TypeHost,
  store: Store,
  query: ActorQuery,
): Promise<{ readonly found: readonly FoundActor[]; readonly next: string | undefined }> {
  const { keyPrefix = "", after = "", limit, status, where } = query;
  const found: FoundActor[] = [];
  const resident = where === undefined ? residentKeys(host, query) : [];
  if (host.type.options.durable !== true || (status !== undefined && status !== "asleep" && where === undefined)) {
    for (const key of resident) found.push(describe(host, key));
    return pageOf(found, limit);
  }
  let from = after;
  for (let page = 0; page < PAGES_MAX; page++) {
    const request = { type: host.type.name, keyPrefix, after: from, limit: STORED_AT_ONCE };
    const keys = await store.keys({ ...request, ...(where === undefined ? {} : { where }) });
    const last = keys.at(-1);
    const ended = keys.length < STORED_AT_ONCE || last === undefined;
    const upTo = resident.filter((key) => compareUtf8(key, from) > 0 && (ended || compareUtf8(key, last) <= 0));
    for (const key of merged(keys, upTo)) {
      const actor = describe(host, key);
      if (status === undefined || actor.status === status) found.push(actor);
    }
    if (ended || found.length > limit) return pageOf(found, limit);
    from = last;
  }
  return { found: found.slice(0, limit), next: found.length > limit ? found[limit - 1]?.key : from };
}

export function describe(host: TypeHost, key: string): FoundActor {
  const cell = host.cells.get(key);
  const status = host.quarantined.has(key) ? "quarantined" : (cell?.status ?? "asleep");
  return { key, status, cell };
}

/** The first `limit` and one more: kept in order while they are found, for there may be very many. */
function residentKeys(host: TypeHost, query: ActorQuery): readonly string[] {
  const { keyPrefix = "", after = "", limit, status } = query;
  const keys: string[] = [];
  for (const key of host.cells.keys()) {
    if (!key.startsWith(keyPrefix) || compareUtf8(key, after) <= 0) continue;
    const last = keys.length > limit ? keys.at(-1) : undefined;
    if (last !== undefined && compareUtf8(key, last) >= 0) continue;
    if (status !== undefined && describe(host, key).status !== status) continue;
    insert(keys, key);
    if (keys.length > limit + 1) keys.pop();
  }
  return keys;
}

function insert(keys: string[], key: string): void {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(keys[middle] as string, key) < 0) low = middle + 1;
    else high = middle;
  }
  keys.splice(low, 0, key);
}

function merged(left: readonly string[], right: readonly string[]): readonly string[] {
  return right.length === 0 ? left : Array.from(new Set([...left, ...right])).sort(compareUtf8);
}

function pageOf(
  found: readonly FoundActor[],
  limit: number,
): { found: readonly FoundActor[]; next: string | undefined } {
  const page = found.slice(0, limit);
  return { found: page, next: found.length > limit ? page.at(-1)?.key : undefined };
}
