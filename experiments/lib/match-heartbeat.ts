// Dead players on a bad network: nobody alive is taken for dead, and how long until one who is dead is known to be.

import { type Relay, startTcpRelay } from "#runtime/testing/mod.ts";

import { type BareNetwork, measureBareNetwork } from "./match-bare-network.ts";
import { ExistingClient } from "./match-existing-client.ts";
import { ModernClient } from "./match-modern-client.ts";
import { playerKey, playerName } from "./match-names.ts";
import { type MatchServer, startCorreioMatches } from "./match-server.ts";

export interface HeartbeatParameters {
  /** Hosted matches of modern clients: the guests are those that die. */
  readonly pairs: number;
  /** Existing clients, whose ping ports the server reaches through relays of their own; half of them die. */
  readonly existing: number;
  readonly heartbeatMs: number;
  readonly pongMs: number;
  readonly loss: number;
  /** Of each packet each way, and as much more or less. */
  readonly delayMs: number;
  readonly jitterMs: number;
  /** How long all are alive. */
  readonly aliveSeconds: number;
}

export interface HeartbeatResult {
  readonly parameters: HeartbeatParameters;
  /** What the living were told that is not so: connections that ended, players that were said to be absent. */
  readonly falsePositives: readonly string[];
  /** From the cut: until who watches a match is told that the guest is absent, */
  readonly modernNoticedMs: readonly number[];
  /** and until the server lets an existing client go. */
  readonly existingNoticedMs: readonly number[];
  /** What the network alone does to a ping and a pong: who cannot answer in time is rightly taken for dead. */
  readonly bareNetwork: BareNetwork;
  /** Dead that nobody noticed. */
  readonly unnoticed: number;
  /** Segments that the relays lost, so that they came later. */
  readonly lostSegments: number;
}

const PASSWORD = "segredo";
/** Those come first, and a relay's number is its seed. */
const PAIR_RELAYS = 2;
const MATCH_TURN_MS = 3_600_000;
/** Beyond heartbeat and pong a dead player is waited for so long. */
const PATIENCE_MS = 15_000;

interface Scene {
  readonly server: MatchServer;
  readonly parameters: HeartbeatParameters;
  readonly stack: AsyncDisposableStack;
  readonly relays: Relay[];
  /** Those through which the ones go that die. */
  readonly doomed: Relay[];
  readonly falsePositives: string[];
  isCut: boolean;
}

export async function measureHeartbeat(
  parameters: HeartbeatParameters,
  dataFolder: string,
  progress?: (line: string) => void,
): Promise<HeartbeatResult> {
  await using stack = new AsyncDisposableStack();
  const settings = {
    CORREIO_HEARTBEAT_MS: String(parameters.heartbeatMs),
    CORREIO_PONG_MS: String(parameters.pongMs),
    CORREIO_TURN_MS: String(MATCH_TURN_MS),
  };
  const server = await startCorreioMatches({ dataFolder, settings });
  stack.defer(() => server.stop());
  const scene: Scene = { server, parameters, stack, relays: [], doomed: [], falsePositives: [], isCut: false };
  const watchers = await startPairs(scene);
  const dying = await startExisting(scene);
  progress?.(`${parameters.pairs * 2} modern and ${parameters.existing} existing clients alive …`);
  const bareNetwork = await liveOn(scene);
  progress?.("some die …");
  scene.isCut = true;
  const cutMs = performance.now();
  for (const relay of scene.doomed) relay.partition("both");
  const withinMs = parameters.heartbeatMs + parameters.pongMs + PATIENCE_MS;
  const noticed = async (heard: Promise<unknown>): Promise<number | undefined> =>
    await heard.then(
      () => performance.now() - cutMs,
      () => undefined,
    );
  const [modern, old] = await Promise.all([
    Promise.all(watchers.map((watcher) => noticed(watcher.take(/absent;\w+;\w+\n/, withinMs)))),
    Promise.all(dying.map((client) => noticed(client.untilLetGo(withinMs)))),
  ]);
  return {
    parameters,
    // Those that end now are not let go.
    falsePositives: [...scene.falsePositives],
    bareNetwork,
    modernNoticedMs: known(modern),
    existingNoticedMs: known(old),
    unnoticed: [...modern, ...old].filter((time) => time === undefined).length,
    lostSegments: scene.relays.reduce((sum, { figures: { up, down } }) => sum + up.lost + down.lost, 0),
  };
}

/** All live; beside them a bare ping and pong, as seldom and with the losses of the existing clients' relays. */
async function liveOn({ parameters }: Scene): Promise<BareNetwork> {
  const { loss, delayMs, jitterMs, heartbeatMs: everyMs, pongMs, aliveSeconds: seconds, existing } = parameters;
  const seeds = Array.from({ length: existing }, (_, index) => index + PAIR_RELAYS);
  return await measureBareNetwork({ faults: { loss, delayMs, jitterMs }, seeds, everyMs, pongMs, seconds });
}

function known(times: readonly (number | undefined)[]): number[] {
  return times.filter((time) => time !== undefined);
}

/** Hosts come by one relay, guests by another that can be cut. Returns who watches them, and comes by none. */
async function startPairs(scene: Scene): Promise<ModernClient[]> {
  const { server, parameters, stack } = scene;
  const [hostPort, guestPort] = [
    await startRelay(scene, server.tlsPort),
    await startRelay(scene, server.tlsPort, true),
  ];
  return await Promise.all(
    Array.from({ length: parameters.pairs }, async (_, pair) => {
      const connect = async (index: number, port: number): Promise<ModernClient> => {
        const client = await ModernClient.connect(port, server.certificate);
        stack.defer(() => client.end());
        await client.resume(playerName(index), playerKey(index));
        await client.beat();
        return client;
      };
      const [host, guest] = await Promise.all([connect(pair * 2, hostPort), connect(pair * 2 + 1, guestPort)]);
      const [own, other] = [playerName(pair * 2), playerName(pair * 2 + 1)];
      await Promise.all([host.invite(own, other), guest.accept(other)]);
      watch(scene, host, own, false);
      watch(scene, guest, other, true);
      const watcher = await ModernClient.connect(server.tlsPort, server.certificate);
      stack.defer(() => watcher.end());
      await watcher.ask(`watch;${own}`, /watchACK;\w+\n/);
      return watcher;
    }),
  );
}

function watch(scene: Scene, client: ModernClient, name: string, dies: boolean): void {
  watchEnd(scene, client, name, dies);
  client.onHeard((text) => {
    if (text.includes("absent;") && !scene.isCut) scene.falsePositives.push(`${name} was told ${text.trim()}`);
  });
}

function watchEnd(scene: Scene, client: ModernClient | ExistingClient, name: string, dies: boolean): void {
  client.onClosed(() => {
    if (!(dies && scene.isCut)) scene.falsePositives.push(`${name} was let go`);
  });
}

/** Returns those that will die. */
async function startExisting(scene: Scene): Promise<readonly ExistingClient[]> {
  const { server, parameters, stack } = scene;
  const dying: ExistingClient[] = [];
  for (let index = 0; index < parameters.existing; index++) {
    const dies = index % 2 === 1;
    const pingPortOf = (port: number): Promise<number> => startRelay(scene, port, dies);
    const { port, certificate } = server;
    const client = await ExistingClient.connect({ port, certificate, pingPortOf });
    stack.defer(() => client.end());
    const name = `existing${index}`;
    await client.logIn(name, PASSWORD);
    watchEnd(scene, client, name, dies);
    if (dies) dying.push(client);
  }
  return dying;
}

async function startRelay(scene: Scene, port: number, isDoomed = false): Promise<number> {
  const { loss, delayMs, jitterMs } = scene.parameters;
  const relay = await startTcpRelay({
    target: { port },
    faults: { loss, delayMs, jitterMs },
    seed: scene.relays.length,
  });
  scene.stack.defer(() => relay.stop());
  scene.relays.push(relay);
  if (isDoomed) scene.doomed.push(relay);
  return relay.port;
}
