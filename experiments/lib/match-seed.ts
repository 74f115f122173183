// A data folder with thousands of players who can come back by a key: their logins would take minutes of hashing.

import { createHash } from "node:crypto";

import { createAccount } from "#actors/accounts/account.ts";
import { type Id, idKey } from "#actors/chat/names.ts";
import { createMatchTypes } from "#actors/match/match-catalog.ts";
import { MatchLog } from "#actors/match/match-log.ts";
import { Player } from "#actors/match/player.ts";
import { limits } from "#runtime/limits.ts";
import { type Node, type NodeOptions, startNode } from "#runtime/node.ts";

import { playerKey, playerName } from "./match-names.ts";
import { startCorreioMatches } from "./match-server.ts";

type AnyActorType = NodeOptions["types"][number];

const AT_ONCE = 256;

/** Of the server: what it keeps of a resume key. */
const digest = (key: string): string => createHash("sha256").update(key).digest("base64url");

/** Makes the folder, with the server's certificate in it. */
export async function seedPlayers(dataFolder: string, players: number): Promise<void> {
  const server = await startCorreioMatches({ settings: { CORREIO_DATA: dataFolder } });
  await server.stop();
  const node = await startNode({ types: matchTypes(), dataFolder, sync: "normal" });
  try {
    for (let first = 0; first < players; first += AT_ONCE) {
      const indexes = Array.from({ length: Math.min(AT_ONCE, players - first) }, (_, offset) => first + offset);
      await Promise.all(indexes.map((index) => seedPlayer(node, index)));
    }
  } finally {
    await node.stop();
  }
}

/**
 * As one who has logged in, been given a key, and lost his connection: there is none, which the player is told as soon
 * as he watches it, and so behind what he is asked at the same moment.
 */
async function seedPlayer(node: Node, index: number): Promise<void> {
  const name = playerName(index);
  const player = node.ref(Player, idKey(name as Id));
  const session = { type: "modern-match-session", key: `seed-${index}` };
  await Promise.all([
    player.attach({ name, session, address: "127.0.0.1" }),
    player.setKey({ session, keyDigest: digest(playerKey(index)) }),
  ]);
}

const nothing = (): undefined => undefined;
const never = (): Promise<undefined> => Promise.resolve(undefined);

/** Nobody logs in here, and no client comes. */
function matchTypes(): readonly AnyActorType[] {
  const log = { append: nothing };
  const connections = {
    openSecurePort: nothing,
    closeSecurePort: nothing,
    dialHeartbeat: nothing,
    listensAt: () => false,
  };
  const times = { heartbeatMs: limits.heartbeatMs, pongMs: limits.pongMs, turnMs: limits.turnMs };
  const services = {
    ...connections,
    ...times,
    digest,
    log,
    plainLogin: "allow" as const,
    isWebEncrypted: false,
    secret: () => "",
  };
  return Object.values(createMatchTypes(services, createAccount({ hash: never, verify: never }), new MatchLog(log)));
}
