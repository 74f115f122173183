// The match experiment's result as a page to read: the levels it is held to, and what went wrong in what was verified.

import type { Environment } from "./environment.ts";
import { renderEnvironment } from "./environment.ts";
import { type Level, levelOf, renderLevels } from "./level.ts";
import { worstRow } from "./match-bytes.ts";
import type { HostedResult } from "./match-hosted.ts";
import type { MatchAnswers, MatchParameters, MatchReport } from "./match-plan.ts";
import { renderHeartbeat, renderHosted, renderIdleCpu, renderMemory, renderScenes } from "./match-tables.ts";
import { conclude, type Conclusion, figuresOf } from "./result.ts";
import { type MedianInterval, medianInterval, onceMeasured } from "./statistics.ts";

const KILOBYTE = 1_024;
const P99_MS_MAX = 20;
const PLAYER_KILOBYTES_MAX = 8;
const IDLE_PERCENT_MAX = 0.5;
const BYTES_PERCENT_MAX = 1;
/** Beyond heartbeat and pong. */
const NOTICED_LATE_MS_MAX = 1_000;

export function matchReport(
  environment: Environment,
  parameters: MatchParameters,
  missing: readonly string[],
  answers: MatchAnswers,
): MatchReport {
  const { hosted } = answers;
  const missingServers = hosted?.missing.map(({ name, why }) => `${name}: ${why}`) ?? [];
  return {
    environment,
    parameters,
    missing: [...missing, ...missingServers],
    ...answers,
    levels: levelsOf(answers),
    wrong: wrongOf(answers),
  };
}

export function renderMatches(report: MatchReport): string {
  const { scenes, hosted, memory, idle, heartbeat } = report;
  const sections = [
    scenes && renderScenes(scenes),
    hosted && renderHosted(hosted),
    memory && renderMemory(memory),
    idle && renderIdleCpu(idle),
    heartbeat && renderHeartbeat(heartbeat),
  ];
  return [
    renderEnvironment(report.environment),
    ...report.missing.map((what) => `MISSING: ${what}`),
    report.wrong.length === 0 ? "verified" : report.wrong.map((what) => `NOT VERIFIED: ${what}`).join("\n"),
    ...sections.filter((section) => section !== undefined),
    renderLevels(report.levels),
  ].join("\n\n");
}

export function concludeMatches({ levels }: MatchReport): Conclusion {
  return conclude(levels, figuresOf(levels));
}

function levelsOf({ scenes, hosted, memory, idle, heartbeat }: MatchAnswers): Level[] {
  const worst = worstRow(scenes?.flatMap(({ bytes }) => bytes) ?? []);
  const ours = memory?.samples.filter(({ name }) => name === "correio");
  const { heartbeatMs = 0, pongMs = 0 } = heartbeat?.parameters ?? {};
  const noticedMs = heartbeat && [...heartbeat.modernNoticedMs, ...heartbeat.existingNoticedMs];
  return [
    ...(scenes === undefined
      ? []
      : [
          most(
            "octets, kernel and both ends, % apart, worst",
            BYTES_PERCENT_MAX,
            worst && onceMeasured(worst.differencePercent),
          ),
        ]),
    ...(hosted === undefined
      ? []
      : [most(`acknowledgement p99, ${hosted.parameters.matches} matches, ms`, P99_MS_MAX, p99Of(hosted))]),
    ...(ours === undefined
      ? []
      : [
          most(
            `memory of each of ${memory?.parameters.players} players, KB`,
            PLAYER_KILOBYTES_MAX,
            medianInterval(ours.map(({ bytesPerPlayer }) => bytesPerPlayer / KILOBYTE)),
          ),
        ]),
    ...(idle === undefined
      ? []
      : [most("idle CPU, % of a core", IDLE_PERCENT_MAX, medianInterval(idle.shares.map((share) => share * 100)))]),
    ...(heartbeat === undefined
      ? []
      : [
          most("living who were taken for dead", 0, onceMeasured(heartbeat.falsePositives.length)),
          most(
            "a dead player is noticed after, ms, the latest",
            heartbeatMs + pongMs + NOTICED_LATE_MS_MAX,
            noticedMs?.length ? onceMeasured(Math.max(...noticedMs)) : undefined,
          ),
        ]),
  ];
}

function most(what: string, bound: number, measured: MedianInterval | undefined): Level {
  return levelOf(what, "at most", bound, measured);
}

/** Of runs in which the load was on time. */
function p99Of({ samples }: HostedResult): MedianInterval | undefined {
  const valid = samples.filter(({ name, valid: isValid }) => name === "correio" && isValid);
  return valid.length === 0 ? undefined : medianInterval(valid.map(({ played }) => played.acknowledgement.p99Ms));
}

function wrongOf({ scenes, hosted, memory, heartbeat }: MatchAnswers): string[] {
  const unlike = scenes?.flatMap(({ name, bytes }) =>
    bytes
      .filter(({ differencePercent }) => differencePercent > BYTES_PERCENT_MAX)
      .map(
        ({ what, kernelOctets, ownOctets }) => `${name}: ${what}: ${kernelOctets} octets passed, ${ownOctets} counted`,
      ),
  );
  const unplayed = hosted?.samples.filter(({ verified }) => !verified);
  return [
    ...(unlike ?? []),
    ...(unplayed?.map(({ name, round }) => `hosted: ${name}, round ${round + 1}: not all moves were made and seen`) ??
      []),
    ...(hosted?.samples.flatMap(({ round, clientOctets, serverOctets }) =>
      serverOctets === undefined || isAlike(clientOctets.in, serverOctets.in, clientOctets.out, serverOctets.out)
        ? []
        : [`hosted: round ${round + 1}: server and players count different octets`],
    ) ?? []),
    ...(memory?.samples.some(({ lost }) => lost > 0) ? ["memory: players were let go"] : []),
    ...(heartbeat !== undefined && heartbeat.unnoticed > 0
      ? [`heartbeat: ${heartbeat.unnoticed} dead not noticed`]
      : []),
  ];
}

/** Pairs of numbers, each within the level. */
function isAlike(...numbers: readonly number[]): boolean {
  return numbers.every((each, index) => {
    const other = numbers[index ^ 1] ?? 0;
    return Math.abs(each - other) <= (Math.max(each, other) * BYTES_PERCENT_MAX) / 100;
  });
}
