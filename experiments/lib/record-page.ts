// A recorded command as one HTML page that fetches nothing: its processes and its network over time, and the figures.

import { renderPlotPage } from "./plot-page.ts";
import {
  commandOf,
  curvesOf,
  networkOf,
  ratesOf,
  type RecordReport,
  renderRecord,
  thinningOf,
} from "./record-report.ts";
import { octetPlot, type Plot, type PlotGroup, processPlots } from "./recording-plots.ts";

const ABOUT = [
  "Upright lines are the beginnings of phases. CPU and memory are those of the command and its processes;",
  "memory is resident, and what processes share counts for each of them.",
].join(" ");

export function renderRecordPage(report: RecordReport): Promise<string> {
  return renderPlotPage({
    title: `Recorded: ${commandOf(report)}`,
    heading: commandOf(report),
    environment: report.environment,
    about: `${ABOUT}${thinningOf(report)}\n${networkOf(report)}`,
    figures: renderRecord(report),
    name: "recording-page",
    data: groupsOf(report),
  });
}

/** One below the other, so that the same moment is above itself. */
function groupsOf(report: RecordReport): readonly PlotGroup[] {
  const { recording } = report;
  const [cpu, memory] = processPlots(recording, curvesOf(report));
  const network = octetPlot(recording, ratesOf(report), "octets, kB/s");
  const own = report.parameters.hasOwnNetwork;
  return [large(cpu), large(memory), large({ ...network, title: own ? "Its own network" : "Network of the machine" })];
}

const large = (plot: Plot): PlotGroup => ({ title: plot.title, plots: [{ ...plot, title: "", isLarge: true }] });
