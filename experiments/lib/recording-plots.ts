// The plots of a recording, as recording-page.js draws them: processor time, memory, what was counted, phases as marks.

import { mean } from "simple-statistics";

import type { RecordedRate } from "./recorder-counts.ts";
import type { RecordedCurves, RecordedPhase } from "./recorder.ts";

const KILOBYTE = 1e3;
/** More are not seen on any screen. */
const POINTS_MAX = 4_000;

/** A plot: a curve for each name over the same values to the right. */
export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly curves: readonly { readonly name: string; readonly points: readonly (readonly [number, number | null])[] }[];
  readonly marks: readonly { readonly name: string; readonly at: number }[];
  /** Powers of ten to the right. */
  readonly isLogarithmic?: boolean;
  /** Upwards large values are drawn close together. */
  readonly isWide?: boolean;
  /** As broad as its place. */
  readonly isLarge?: boolean;
}

export interface PlotGroup {
  readonly title: string;
  readonly plots: readonly Plot[];
}

/** What of a recording is drawn. */
interface Drawn {
  readonly atSeconds: readonly number[];
  readonly phases: readonly RecordedPhase[];
}

export function processPlots(recording: Drawn, series: readonly RecordedCurves[]): readonly [cpu: Plot, memory: Plot] {
  const { atSeconds } = recording;
  const marks = marksOf(recording);
  return [
    {
      title: "CPU",
      x: "time, s",
      y: "CPU, % of a core",
      curves: series.map(({ name, cpuPercent }) => ({ name, points: pointsOf(atSeconds, cpuPercent) })),
      marks,
    },
    {
      title: "Memory",
      x: "time, s",
      y: "resident memory, MB",
      curves: series.map(({ name, residentMegabytes }) => ({ name, points: pointsOf(atSeconds, residentMegabytes) })),
      marks,
    },
  ];
}

export function octetPlot(
  recording: Drawn,
  rates: readonly Pick<RecordedRate, "name" | "perSecond">[],
  y: string,
): Plot {
  return {
    title: "Network",
    x: "time, s",
    y,
    curves: rates.map(({ name, perSecond }) => ({
      name,
      points: pointsOf(recording.atSeconds, kilobytes(perSecond)),
    })),
    marks: marksOf(recording),
  };
}

/** How many samples in a row are drawn as one point, which is their mean. */
export const samplesPerPoint = ({ atSeconds }: Drawn): number => Math.ceil(atSeconds.length / POINTS_MAX);

export function marksOf({ phases }: Pick<Drawn, "phases">): Plot["marks"] {
  return phases.map(({ name, fromSeconds }) => ({ name, at: fromSeconds }));
}

function pointsOf(
  atSeconds: readonly number[],
  values: readonly (number | null)[],
): readonly (readonly [number, number | null])[] {
  const width = samplesPerPoint({ atSeconds, phases: [] });
  return Array.from({ length: Math.ceil(atSeconds.length / Math.max(width, 1)) }, (_, point) => {
    const end = Math.min((point + 1) * width, atSeconds.length);
    const known = values.slice(point * width, end).filter((value) => value !== null);
    return [rounded(atSeconds[end - 1] ?? 0), known.length === 0 ? null : rounded(mean(known))] as const;
  });
}

const kilobytes = (values: RecordedRate["perSecond"]): RecordedRate["perSecond"] =>
  values.map((each) => each && each / KILOBYTE);

const rounded = (value: number): number => Number(value.toFixed(3));
