// What views of the domain read from: the node's actors, by their public definitions, and how sessions are ended.
import type { createCatalog } from "#actors/catalog.ts";
import type { SessionAddress } from "#actors/chat/session-address.ts";

import type { Addressable, Ref } from "../core/shape.ts";
import type { ActorsView, Page, PageQuery } from "../observe/view.ts";

export interface DomainSources {
  readonly types: ReturnType<typeof createCatalog>["types"];
  /** Looking wakes nobody: also not one that there is not. */
  readonly view: Pick<ActorsView, "actors" | "inspect">;
  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods>;
  /** Of one that is gone nothing happens. */
  endSession(session: SessionAddress): void;
}

/** Actors of one type as something else: what becomes undefined is left out, and then the page is short. */
export async function pageOfActors<Item>(
  { view }: DomainSources,
  query: Omit<Parameters<ActorsView["actors"]>[0], "after"> & PageQuery & { readonly type: string },
  describe: (key: string) => Promise<Item | undefined>,
): Promise<Page<Item>> {
  const { type, after } = query;
  const page = await view.actors({ ...query, ...(after === undefined ? {} : { after: `${type}/${after}` }) });
  const items = await Promise.all(page.items.map(({ key }) => describe(key)));
  const next = page.next?.slice(`${type}/`.length);
  return { items: items.filter((item) => item !== undefined), ...(next === undefined ? {} : { next }) };
}
