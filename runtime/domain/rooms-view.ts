// Chat rooms as the gateway is given them: read without making any.
import type { Message } from "#actors/chat/message-log.ts";
import type { Id } from "#actors/chat/names.ts";
import type { SessionAddress } from "#actors/chat/session-address.ts";
import type { MessagesQuery, RoomsView, RoomView } from "#gateway/rooms.ts";

import { limits } from "../limits.ts";
import { pageOf } from "../observe/page-of.ts";
import { type DomainSources, pageOfActors } from "./domain-sources.ts";

interface RoomState {
  readonly members: number;
  readonly last: number;
}

interface HistoryRange {
  readonly after?: number;
  readonly count: number;
}

export function createRoomsView(sources: DomainSources): RoomsView {
  const { types, view, ref } = sources;
  const type = types.room.name;
  /** Whoever asks for a room that there is not wakes one for a moment: nobody is in it, and nothing was said. */
  const room = async (name: string): Promise<RoomView | undefined> => {
    const { members, last } = ((await view.inspect(type, name))?.state ?? { members: 0, last: 0 }) as RoomState;
    return members === 0 && last === 0 ? undefined : { room: name, members, last };
  };
  return {
    room,
    rooms({ prefix, membersMin = 0, ...page }) {
      const filter = prefix === undefined ? {} : { keyPrefix: prefix };
      const where = membersMin < 1 ? {} : { where: { field: "members", atLeast: membersMin } };
      return pageOfActors(sources, { type, ...page, ...filter, ...where }, async (name) => {
        const found = await room(name);
        return found !== undefined && found.members >= membersMin ? found : undefined;
      });
    },
    async members(name, { limit, after }) {
      if ((await room(name)) === undefined) return undefined;
      const from = after === undefined ? {} : { after: after as Id };
      const found = await ref(types.room, name).members({ ...from, count: limit + 1 });
      const { items, ...next } = pageOf(found, limit, ({ id }) => id);
      return { items: items.map(({ session, ...member }) => ({ ...member, session: addressOf(session) })), ...next };
    },
    async messages(name, query) {
      const known = await room(name);
      if (known === undefined) return undefined;
      const asked = rangeOf(query, known.last);
      const items = asked === undefined ? [] : await ref(types.room, name).history(asked);
      return pageOfMessages(items, query, known.last);
    },
  };
}

const addressOf = ({ type, key }: SessionAddress): string => `${type}/${key}`;

/** Numbers have no gaps: those before one are as many after another. Undefined where there can be none. */
function rangeOf({ limit, after, before }: MessagesQuery, last: number): HistoryRange | undefined {
  if (after !== undefined) return { after, count: limit };
  if (before === undefined) return { count: limit };
  const highest = Math.min(before - 1, last);
  const lowest = Math.max(0, highest - limit);
  return highest === lowest ? undefined : { after: lowest, count: highest - lowest };
}

/** Of those before a number some may not be kept any more: then what was read goes on beyond it. */
function pageOfMessages(found: readonly Message[], { after, before = Infinity }: MessagesQuery, last: number) {
  const items = found.filter(({ number }) => number < before);
  const [first, newest] = [items.at(0), items.at(-1)];
  if (first === undefined || newest === undefined) return { items };
  if (after !== undefined) return newest.number < last ? { items, next: String(newest.number) } : { items };
  const oldestKept = Math.max(1, last - limits.historyMax + 1);
  return first.number > oldestKept ? { items, next: String(first.number) } : { items };
}
