// What tests look at behind the actors: matches and players as they are stored, and the lobby as it is in memory.
import type { World } from "#runtime/testing/world.ts";

import type { EndReason } from "./lines.ts";
import type { Lobby } from "./lobby.ts";
import { LOBBY_KEY } from "./match-addresses.ts";
import type { MatchRef, PlayerName } from "./match-schemas.ts";
import type { Side } from "./rules.ts";

export interface StoredMatch {
  readonly id: string;
  readonly phase: string;
  readonly host: PlayerName;
  readonly guest: PlayerName;
  readonly winner?: Side;
  readonly reason?: EndReason;
  /** Of a hosted one. */
  readonly moves?: readonly number[];
  /** Of one between peers. */
  readonly reports?: Partial<Record<Side, string>>;
}

export interface StoredPlayer {
  readonly key: string;
  readonly name: string;
  readonly match?: MatchRef;
  readonly won: number;
  readonly lost: number;
  readonly drawn: number;
}

export function storedMatches(world: World, type: "hosted-match" | "introduced-match"): readonly StoredMatch[] {
  return stored(world, type).map(({ key, ...state }) => ({ id: key, ...state }) as StoredMatch);
}

export function storedPlayers(world: World): readonly StoredPlayer[] {
  return stored(world, "player") as readonly StoredPlayer[];
}

/** Undefined before its first message. */
export function lobbyState({ system }: World): ReturnType<NonNullable<typeof Lobby.options.state>> | undefined {
  const host = system.hosts.find(({ type }) => type.name === "lobby");
  return host?.cells.get(LOBBY_KEY)?.state as never;
}

function stored({ disk }: World, type: string): readonly { readonly key: string }[] {
  const found = disk.actors.get(type)?.values() ?? [];
  return Array.from(found, (actor) => ({ ...JSON.parse(actor.stored.state), key: actor.key }));
}
