// The clock experiment as one HTML page that fetches nothing: how far each clock was off over time, in both ways.

import { CLOCK_SCENARIOS, CLOCK_WAY_TITLES, CLOCK_WAYS, type ClockReport, type ClockRun } from "./clock-plan.ts";
import { renderClocks } from "./clock-report.ts";
import { renderPlotPage } from "./plot-page.ts";

const ABOUT = [
  "Each curve is the clock of one server, less the median of the clocks of all honest servers at that moment.",
  "Server 5 coordinates; upright lines are what happens.",
  "Shaded: the largest of the bounds that servers declare, where all of them declare one.",
  "Upwards ten times as much is as far as from 0.1 ms to 1 ms; between −0.1 and 0.1 ms the scale is even.",
].join(" ");

export function renderClockPage(report: ClockReport): Promise<string> {
  return renderPlotPage({
    title: "Clocks of several servers",
    heading: "Clocks of several servers: Berkeley as published, and estimated",
    environment: report.environment,
    about: ABOUT,
    figures: renderClocks(report),
    name: "clock-page",
    data: report.runs.map(groupOf),
  });
}

function groupOf({ name, round, atSeconds, ways }: ClockRun) {
  const { title } = CLOCK_SCENARIOS[name];
  return {
    title: round === 0 ? title : `${title}: round ${round + 1}`,
    plots: CLOCK_WAYS.map((way) => {
      const { curves, boundMs, marks, figures } = ways[way];
      const [p50, p99] = [figures.p50Ms, figures.p99Ms].map((ms) => ms.toFixed(3));
      const heading = `${CLOCK_WAY_TITLES[way]}: two clocks are ${p50} ms apart, p99 ${p99} ms`;
      return {
        title: heading,
        atSeconds,
        curves,
        boundMs,
        marks: marks.map((mark) => ({ name: mark.name, at: mark.atSeconds })),
      };
    }),
  };
}
