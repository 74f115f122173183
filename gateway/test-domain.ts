// For tests: rooms, matches and accounts as a gateway is given them, without any actors behind.

import { accountExample } from "./account-schemas.ts";
import type { DomainViews } from "./domain-views.ts";
import { leaderboardExample } from "./leaderboard.ts";
import { matchExample } from "./matches.ts";
import { memberExample, messageExample, roomExample } from "./room-schemas.ts";

const isRoom = (name: string): boolean => name === roomExample.room;

/** Those of the document's examples. What they are asked goes to `asked`. */
export function createTestDomain(asked: unknown[] = []): DomainViews {
  const noted = <Answer>(what: readonly unknown[], answer: Answer): Promise<Answer> => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  const act = async (what: string, name: string, ...more: readonly unknown[]) =>
    noted([what, name, ...more], name === accountExample.name ? ("done" as const) : ("unknown" as const));
  return {
    rooms: {
      rooms: (query) => noted(["rooms", query], { items: [roomExample], next: roomExample.room }),
      room: async (name) => (isRoom(name) ? roomExample : undefined),
      members: (name, query) => noted(["members", name, query], isRoom(name) ? { items: [memberExample] } : undefined),
      messages: (name, query) =>
        noted(["messages", name, query], isRoom(name) ? { items: [messageExample] } : undefined),
    },
    matches: {
      matches: (query) => noted(["matches", query], { items: [matchExample] }),
      match: async (id) => (id === matchExample.id ? matchExample : undefined),
    },
    leaderboard: {
      top: (count) => noted(["top", count], leaderboardExample.items),
      around: (key, count) => noted(["around", key, count], key === "ana" ? leaderboardExample.items : undefined),
    },
    accounts: {
      accounts: (query) => noted(["accounts", query], { items: [accountExample] }),
      account: async (name) => ({ ...accountExample, name }),
      create: (name, password) => noted(["create", name, password], name === accountExample.name ? "exists" : "done"),
      disable: (name) => act("disable", name),
      enable: (name) => act("enable", name),
      reset: (name, password) => act("reset", name, password),
    },
  };
}
