// The match experiment as one HTML page that fetches nothing: what was recorded over time, with marks for its phases.

import type { MatchReport } from "./match-plan.ts";
import { renderMatches } from "./match-report.ts";
import { type Scene, SCENE_TITLES } from "./match-scenes.ts";
import { MATCH_SERVER_TITLES } from "./match-server.ts";
import { renderPlotPage } from "./plot-page.ts";
import type { Recording } from "./recorder.ts";

const ABOUT = [
  "Upright lines are the beginnings of phases. CPU is that of all threads of a process; memory is resident.",
  "The network of the scenes is TCP payload without headers, that of many matches all octets of IP.",
].join(" ");

/** A plot: a curve for each name over the same values to the right. */
interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly curves: readonly { readonly name: string; readonly points: readonly (readonly [number, number | null])[] }[];
  readonly marks: readonly { readonly name: string; readonly at: number }[];
  /** Powers of ten to the right. */
  readonly isLogarithmic?: boolean;
  /** Upwards large values are drawn close together. */
  readonly isWide?: boolean;
}

interface PlotGroup {
  readonly title: string;
  readonly plots: readonly Plot[];
}

export function renderMatchPage(report: MatchReport): Promise<string> {
  return renderPlotPage({
    title: "Matches over time",
    heading: "Matches over time",
    environment: report.environment,
    about: ABOUT,
    figures: renderMatches(report),
    name: "match-page",
    data: [...(report.scenes ?? []).map(sceneGroup), ...hostedGroups(report)],
  });
}

function sceneGroup({ name, recording, curves }: Scene): PlotGroup {
  const marks = marksOf(recording);
  const stepSeconds = recording.everyMs / 1_000;
  const network = curves.map((curve) => ({
    name: curve.name,
    points: curve.perSecond.map((octets, step) => [(step + 1) * stepSeconds, octets] as const),
  }));
  const plot: Plot = { title: "Network", x: "time, s", y: "payload, B/s", curves: network, marks, isWide: true };
  return {
    title: SCENE_TITLES[name],
    plots: [...processPlots(recording), ...(network.length === 0 ? [] : [plot])],
  };
}

function hostedGroups({ hosted }: MatchReport): readonly PlotGroup[] {
  if (hosted === undefined) return [];
  const first = hosted.samples.filter(({ round }) => round === 0);
  const latencies: Plot[] = [
    {
      title: "Acknowledgements by latency",
      x: "from the time a move was due, ms",
      y: "of all moves, %",
      curves: first.map(({ name, played }) => ({
        name: MATCH_SERVER_TITLES[name],
        points: played.acknowledgement.curve.map(({ percent, ms }) => [Math.max(ms, 0.01), percent] as const),
      })),
      marks: [],
      isLogarithmic: true,
    },
    {
      title: "The slowest of each second",
      x: "time, s",
      y: "p99, ms",
      curves: first.map(({ name, played }) => ({
        name: MATCH_SERVER_TITLES[name],
        points: played.secondP99Ms.map((ms, second) => [second, ms] as const),
      })),
      marks: [],
    },
  ];
  const { matches } = hosted.parameters;
  return [
    { title: `${matches} hosted matches, a move a second each: latency`, plots: latencies },
    ...hosted.recordings.map(({ name, recording }) => ({
      title: `${matches} hosted matches: ${MATCH_SERVER_TITLES[name]}`,
      plots: [...processPlots(recording), ...octetPlots(recording)],
    })),
  ];
}

function processPlots(recording: Recording): readonly Plot[] {
  const { atSeconds, series } = recording;
  const marks = marksOf(recording);
  const points = (values: readonly (number | null)[]) =>
    values.map((value, index) => [atSeconds[index] ?? 0, value] as const);
  return [
    {
      title: "CPU",
      x: "time, s",
      y: "CPU, % of a core",
      curves: series.map(({ name, cpuPercent }) => ({ name, points: points(cpuPercent) })),
      marks,
    },
    {
      title: "Memory",
      x: "time, s",
      y: "resident memory, MB",
      curves: series.map(({ name, residentMegabytes }) => ({ name, points: points(residentMegabytes) })),
      marks,
    },
  ];
}

function octetPlots(recording: Recording): readonly Plot[] {
  const { atSeconds, octetsPerSecond } = recording;
  if (octetsPerSecond.every((octets) => octets === null)) return [];
  const points = octetsPerSecond.map((octets, index) => [atSeconds[index] ?? 0, octets && octets / 1_000] as const);
  return [
    {
      title: "Network",
      x: "time, s",
      y: "octets of IP, kB/s",
      curves: [{ name: "server and load, both ways", points }],
      marks: marksOf(recording),
    },
  ];
}

function marksOf({ phases }: Recording): Plot["marks"] {
  return phases.map(({ name, fromSeconds }) => ({ name, at: fromSeconds }));
}
