// One look of `live` at everything: all is asked at once, and what comes of it is set against the look before.
import type { Queues, ServerStanding, ServerStatus } from "#actors/servers/administration-schemas.ts";
import type { Administration } from "#actors/servers/administration.ts";
import type { KnownServer } from "#actors/servers/reference.ts";
import type { Clock } from "#runtime/base/clock.ts";

export interface Look {
  /** As listed last, where the reference does not answer now. */
  readonly servers: readonly ServerStanding[];
  readonly isHomeSilent: boolean;
  /** Undefined where the home says nothing of them. */
  readonly queues: Queues | undefined;
  /** In a second, since the look before; undefined where there is nothing to compare with. */
  readonly rates: { readonly published: number; readonly delivered: number } | undefined;
}

/** Whom most is to be believed about the others: of those who say that they coordinate, the one elected last. */
export function leadOf({ servers }: Pick<Look, "servers">): ServerStatus | undefined {
  const statuses = servers.flatMap(({ status }) => (status?.role === "coordinator" ? [status] : []));
  return statuses.sort((one, other) => (other.epoch ?? 0) - (one.epoch ?? 0))[0];
}

type Asked = Pick<Administration, "list" | "standings" | "queues">;

export class Looker {
  readonly #administration: Asked;
  readonly #clock: Pick<Clock, "monotonicMs">;
  #listed: readonly KnownServer[] | undefined;
  #before: { readonly atMs: number; readonly publications: Queues["publications"] } | undefined;

  constructor(administration: Asked, clock: Pick<Clock, "monotonicMs">) {
    this.#administration = administration;
    this.#clock = clock;
  }

  /** A server that is new is asked from the next look on. */
  async look(): Promise<Look> {
    const administration = this.#administration;
    this.#listed ??= await administration.list();
    const known = this.#listed ?? [];
    const [listed, servers, queues] = await Promise.all([
      administration.list(),
      administration.standings(known),
      administration.queues(),
    ]);
    this.#listed = listed ?? this.#listed;
    const names = new Set(this.#listed?.map(({ name }) => name));
    const rates = this.#ratesSince(queues?.publications);
    return {
      servers: servers.filter(({ name }) => names.has(name)),
      isHomeSilent: listed === undefined,
      queues,
      rates,
    };
  }

  /** Counts that are lower than before are those of another process. */
  #ratesSince(publications: Queues["publications"] | undefined): Look["rates"] {
    const before = this.#before;
    const atMs = this.#clock.monotonicMs();
    this.#before = publications && { atMs, publications };
    if (before === undefined || publications === undefined) return undefined;
    if (publications.published < before.publications.published) return undefined;
    const perSecond = (now: number, then: number): number => (1_000 * (now - then)) / Math.max(1, atMs - before.atMs);
    return {
      published: perSecond(publications.published, before.publications.published),
      delivered: perSecond(publications.delivered, before.publications.delivered),
    };
  }
}
