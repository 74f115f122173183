// Many hosted matches at once over TLS: how late moves are acknowledged, and what it costs, Correio and others in turn.

import type { LoadPlayed } from "./match-load-tally.ts";
import { LoadProgram } from "./match-load.ts";
import {
  MATCH_SERVER_NAMES,
  type MatchServer,
  type MatchServerName,
  type MissingMatchServer,
  type ServerCount,
  startCorreioMatches,
  startMatchPeer,
} from "./match-server.ts";
import { cpuSecondsOf, residentBytesOf, waitUntilQuiet } from "./process-facts.ts";
import { type RecordedNetwork, Recorder, type Recording } from "./recorder.ts";

export interface HostedParameters {
  readonly matches: number;
  readonly seconds: number;
  /** Of the load, before anything counts: a server is slower while its code is new. */
  readonly warmSeconds: number;
  readonly rounds: number;
  readonly everyMs: number;
  readonly only: readonly MatchServerName[];
}

export interface HostedSample {
  readonly name: MatchServerName;
  readonly round: number;
  readonly played: LoadPlayed;
  /** Of one core, over the seconds that count. */
  readonly serverCpuShare: number;
  readonly residentBytes: number;
  /** Plaintext of the whole run, as the players counted it, and as the server did; Correio alone says. */
  readonly clientOctets: ServerCount;
  readonly serverOctets?: ServerCount;
  /** Connections that the server closed. */
  readonly lost: number;
  /** Every move that was due was made, acknowledged and seen by both, and every game ended as it had to. */
  readonly verified: boolean;
  /** The load was on time, so that its latencies are the server's. */
  readonly valid: boolean;
}

export interface HostedResult {
  readonly parameters: HostedParameters;
  readonly samples: readonly HostedSample[];
  readonly missing: readonly MissingMatchServer[];
  /** Of the first round of each. */
  readonly recordings: readonly { readonly name: MatchServerName; readonly recording: Recording }[];
}

export interface HostedPlace {
  /** The experiment, whose role the load is. */
  readonly program: string;
  /** With the players of the load, and the certificate that all servers use. */
  readonly dataFolder: string;
  readonly network: Exclude<RecordedNetwork, "packets">;
  readonly searchPath?: string;
  readonly progress?: (line: string) => void;
}

/** A load that was later than this with one move in a hundred has measured itself. */
export const LAG_P99_MS_MAX = 5;
const QUIET_MS = 300;

export async function measureHosted(parameters: HostedParameters, place: HostedPlace): Promise<HostedResult> {
  const samples: HostedSample[] = [];
  const missing: MissingMatchServer[] = [];
  const recordings: { name: MatchServerName; recording: Recording }[] = [];
  const names = MATCH_SERVER_NAMES.filter((name) => parameters.only.includes(name));
  for (let round = 0; round < parameters.rounds; round++) {
    for (const name of names) {
      if (missing.some((each) => each.name === name)) continue;
      place.progress?.(`round ${round + 1}: ${parameters.matches} matches, ${name} …`);
      const server = await startMatches(name, place);
      if ("why" in server) {
        missing.push(server);
        continue;
      }
      const { sample, recording } = await measureServer(server, round, parameters, place);
      samples.push(sample);
      if (round === 0) recordings.push({ name, recording });
    }
  }
  return { parameters, samples, missing, recordings };
}

export async function startMatches(
  name: MatchServerName,
  { dataFolder, searchPath }: Pick<HostedPlace, "dataFolder" | "searchPath">,
): Promise<MatchServer | MissingMatchServer> {
  return name === "correio"
    ? await startCorreioMatches({ dataFolder })
    : await startMatchPeer(name, dataFolder, searchPath);
}

async function measureServer(
  server: MatchServer,
  round: number,
  { matches, seconds, warmSeconds, everyMs }: HostedParameters,
  place: HostedPlace,
): Promise<{ sample: HostedSample; recording: Recording }> {
  await using stack = new AsyncDisposableStack();
  stack.defer(() => server.stop());
  const load = stack.use(new LoadProgram(place.program));
  const recorder = await Recorder.start(everyMs, place.network);
  stack.defer(() => recorder.abandon());
  recorder.watch("server", server.pid);
  recorder.watch("load", load.pid);
  const { tlsPort: port, certificate } = server;
  recorder.phase("connect");
  await load.does({ kind: "connect", port, certificate, players: matches * 2 });
  recorder.phase("begin");
  await load.does({ kind: "begin" });
  await waitUntilQuiet(server.pid, QUIET_MS);
  recorder.phase("warm up");
  await load.does({ kind: "warmUp", seconds: warmSeconds });
  recorder.phase("moves");
  const cpuBefore = cpuSecondsOf(server.pid);
  const startedMs = performance.now();
  const played = await load.play(seconds);
  const serverCpuShare = (cpuSecondsOf(server.pid) - cpuBefore) / ((performance.now() - startedMs) / 1_000);
  recorder.phase("rest");
  await waitUntilQuiet(server.pid, QUIET_MS);
  const { octets, lost } = await load.count();
  const figures = server.name === "correio" ? await server.figures() : undefined;
  const residentBytes = residentBytesOf(server.pid);
  await load.does({ kind: "end" });
  const recording = await recorder.stop();
  const sample = {
    name: server.name,
    round,
    played,
    serverCpuShare,
    residentBytes,
    clientOctets: { in: octets.sent, out: octets.received },
    ...(figures && { serverOctets: figures.octets }),
    lost,
    verified: isVerified(played) && lost === 0,
    valid: played.lagP99Ms <= LAG_P99_MS_MAX,
  };
  return { sample, recording };
}

function isVerified(played: LoadPlayed): boolean {
  const { wanted, plays, acknowledged, moved, open, wrongEnds, errors } = played;
  const isWhole = plays === wanted && acknowledged === wanted && moved === 2 * wanted;
  return isWhole && open + wrongEnds + errors.length === 0;
}
