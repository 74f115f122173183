// The match experiment as one HTML page that fetches nothing: what was recorded over time, with marks for its phases.

import type { MatchReport } from "./match-plan.ts";
import { renderMatches } from "./match-report.ts";
import { type Scene, SCENE_TITLES } from "./match-scenes.ts";
import { MATCH_SERVER_TITLES } from "./match-server.ts";
import { renderPlotPage } from "./plot-page.ts";
import type { Recording } from "./recorder.ts";
import { marksOf, octetPlot, type Plot, type PlotGroup, processPlots } from "./recording-plots.ts";

const ABOUT = [
  "Upright lines are the beginnings of phases. CPU is that of all threads of a process; memory is resident.",
  "The network of the scenes is TCP payload without headers, that of many matches all octets of IP.",
].join(" ");

export function renderMatchPage(report: MatchReport): Promise<string> {
  return renderPlotPage({
    title: "Matches over time",
    heading: "Matches over time",
    environment: report.environment,
    about: ABOUT,
    figures: renderMatches(report),
    name: "recording-page",
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
    plots: [...processPlots(recording, recording.series), ...(network.length === 0 ? [] : [plot])],
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
      plots: [...processPlots(recording, recording.series), ...octetPlots(recording)],
    })),
  ];
}

function octetPlots(recording: Recording): readonly Plot[] {
  const { octetsPerSecond: perSecond } = recording;
  if (perSecond.every((octets) => octets === null)) return [];
  return [octetPlot(recording, [{ name: "server and load, both ways", perSecond }], "octets of IP, kB/s")];
}
