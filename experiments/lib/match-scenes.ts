// The document's three tests, and one with a hosted match: recorded in phases, every octet accounted for.

import { type ByteRow, compareBytes, compareEnds } from "./match-bytes.ts";
import { type NetworkCurve, networkCurves } from "./match-curves.ts";
import { type ClientKind, Player } from "./match-player.ts";
import { type MatchServer, startCorreioMatches } from "./match-server.ts";
import { type RecordedNetwork, Recorder, type Recording } from "./recorder.ts";

export type SceneName = "server" | "logged-in" | "match" | "hosted";

export const SCENE_TITLES: Readonly<Record<SceneName, string>> = {
  server: "the server alone",
  "logged-in": "two clients logged in",
  match: "two clients in a match, peer to peer",
  hosted: "two clients in a match that the server hosts",
};

export interface SceneParameters {
  readonly everyMs: number;
  /** How long nothing happens, in each of the phases that are for that. */
  readonly restMs: number;
  readonly moves: number;
  readonly moveEveryMs: number;
}

export interface Scene {
  readonly name: SceneName;
  readonly recording: Recording;
  /** What the kernel passed beside what the programs counted themselves; none without a packet counter. */
  readonly bytes: readonly ByteRow[];
  /** Octets of IP, with all headers, for each of payload; undefined without a packet counter. */
  readonly wireShare?: number;
  /** Steps as long as the samples, from the beginning of the recording; none without a packet counter. */
  readonly curves: readonly NetworkCurve[];
}

const HOST_NAME = "ana";
const GUEST_NAME = "bea";

interface Stage {
  readonly parameters: SceneParameters;
  readonly recorder: Recorder;
  readonly server: MatchServer;
  readonly players: readonly [Player, Player];
}

/** `program` is the experiment, whose roles its clients are. */
export async function playScene(
  name: SceneName,
  parameters: SceneParameters,
  program: string,
  network: RecordedNetwork,
): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const recorder = await Recorder.start(parameters.everyMs, network);
  stack.defer(() => recorder.abandon());
  recorder.phase("start");
  const server = await startCorreioMatches({ spawned: (pid) => recorder.watch("server", pid) });
  stack.defer(() => server.stop());
  recorder.phase("rest");
  await Bun.sleep(parameters.restMs);
  const players = [HOST_NAME, GUEST_NAME].slice(0, name === "server" ? 0 : 2).map((own) => new Player(own, program));
  for (const player of players) stack.use(player);
  for (const [index, { pid }] of players.entries()) recorder.watch(index === 0 ? "host" : "guest", pid);
  const [host, guest] = players;
  if (host !== undefined && guest !== undefined) {
    await playTogether(name, { parameters, recorder, server, players: [host, guest] });
  }
  // All of them at rest: nothing is on its way while one after the other says what it has counted.
  const clients = await Promise.all(players.map((player) => player.count()));
  const [{ octets }, counted] = await Promise.all([server.figures(), recorder.count()]);
  recorder.phase("shutdown");
  await server.stop();
  const { network: passed, ...recording } = await recorder.stop();
  if (clients.length === 0) return { name, recording, bytes: [], curves: [] };
  if (counted === undefined || passed === undefined) {
    return { name, recording, ...compareEnds(clients, octets), curves: [] };
  }
  return { name, recording, ...compareBytes(counted, clients, octets), curves: networkCurves(passed, clients) };
}

async function playTogether(name: SceneName, stage: Stage): Promise<void> {
  const { parameters, recorder, server, players } = stage;
  const [host, guest] = players;
  const client: ClientKind = name === "hosted" ? "modern" : "existing";
  const port = client === "modern" ? server.tlsPort : server.port;
  const { certificate } = server;
  recorder.phase("connect");
  await both(stage, (player) => player.does({ kind: "connect", client, port, certificate }));
  recorder.phase("log in");
  await both(stage, (player) => player.does({ kind: "logIn", own: player.name }));
  recorder.phase("rest");
  await host.does({ kind: "list" });
  await Bun.sleep(parameters.restMs);
  if (name !== "logged-in") {
    recorder.phase("invite");
    const [own, opponent] = [HOST_NAME, GUEST_NAME];
    await Promise.all([host.does({ kind: "invite", own, opponent }), guest.does({ kind: "accept", own: opponent })]);
    recorder.phase("moves");
    const { moves, moveEveryMs: everyMs } = parameters;
    await both(stage, (player) => player.does({ kind: "play", moves, everyMs }));
    recorder.phase("result");
    await Promise.all([
      host.does({ kind: "report", own, opponent, result: "WIN" }),
      guest.does({ kind: "report", own: opponent, opponent: own, result: "LOST" }),
    ]);
    recorder.phase("rest");
    await Bun.sleep(parameters.restMs);
  }
  recorder.phase("log out");
  await both(stage, (player) => player.does({ kind: "logOut" }));
}

async function both<Value>({ players }: Stage, act: (player: Player) => Promise<Value>): Promise<Value[]> {
  return await Promise.all(players.map(act));
}
