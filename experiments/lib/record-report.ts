// What a recorded command took, phase by phase and process by process: as figures, as a page to read, and as CSV.

import { stringify } from "csv-stringify/sync";

import { type Environment, renderEnvironment } from "./environment.ts";
import type { RecordedCommand, RecordParameters } from "./recorded-command.ts";
import type { RecordedRate } from "./recorder-counts.ts";
import type { RecordedCurves } from "./recorder.ts";
import { samplesPerPoint } from "./recording-plots.ts";
import { renderTable } from "./table.ts";

interface PhaseFigures {
  readonly name: string;
  readonly fromSeconds: number;
  readonly seconds: number;
  readonly samples: number;
  /** Null where no sample was taken. */
  readonly cpuMeanPercent: number | null;
  readonly cpuMaxPercent: number | null;
  readonly residentMaxMegabytes: number | null;
  /** By the name of the rate; null where nothing was counted. */
  readonly meanPerSecond: Readonly<Record<string, number | null>>;
}

export interface RecordReport extends RecordedCommand {
  readonly environment: Environment;
  readonly parameters: RecordParameters;
  /** The last, "ended", has no length. */
  readonly phases: readonly PhaseFigures[];
}

/** A sample's number, and how long it lasted. */
interface Sample {
  readonly index: number;
  readonly seconds: number;
}

const KILOBYTE = 1e3;

export function recordReport(
  environment: Environment,
  parameters: RecordParameters,
  recorded: RecordedCommand,
): RecordReport {
  return { environment, parameters, ...recorded, phases: phaseFigures(recorded) };
}

export function renderRecord(report: RecordReport): string {
  return [
    renderEnvironment(report.environment),
    `${commandOf(report)}\n${endOf(report)} ${renderCpu(report)}`,
    renderPhases(report),
    renderProcesses(report),
    `${networkOf(report)}\n${renderTotals(report)}\n${renderCost(report)}`,
  ].join("\n\n");
}

export const commandOf = ({ parameters }: RecordReport): string => parameters.command.join(" ").replaceAll(/\s+/g, " ");

/** Whose network it was, and what of it is counted. */
export function networkOf({ parameters }: RecordReport): string {
  return parameters.hasOwnNetwork
    ? "Network: the command's own, a loopback that nothing else uses; octets with all headers, each counted once."
    : [
        "Network: of all programs on this machine, not of the command alone; octets with all headers.",
        "On the loopback each counts once; received and sent are those of all other interfaces.",
      ].join(" ");
}

/** Where there is but one process, it is all. */
export function curvesOf({ recording, processes }: RecordReport): readonly RecordedCurves[] {
  return processes.length === 1 ? processes : [...recording.series, ...processes];
}

/** Nothing but a loopback is in a network of its own. */
export function ratesOf({ recording, parameters }: RecordReport): readonly RecordedRate[] {
  return recording.rates.filter(({ name }) => name === "loopback" || !parameters.hasOwnNetwork);
}

/** What is drawn where there are more samples than can be seen. */
export function thinningOf({ recording }: RecordReport): string {
  const count = samplesPerPoint(recording);
  return count > 1 ? ` Each point is the mean of ${count} samples.` : "";
}

/** A row for each sample. */
export function recordCsv({ recording }: RecordReport): string {
  const { atSeconds, rates, series } = recording;
  const phaseOf = phasesOfSamples(recording);
  const rows = atSeconds.map((seconds, index) => [
    seconds.toFixed(3),
    recording.phases[phaseOf[index] ?? 0]?.name,
    ...series.flatMap(({ cpuPercent, residentMegabytes }) => [cpuPercent[index], residentMegabytes[index]]).map(cell),
    ...rates.map(({ perSecond }) => cell(perSecond[index])),
  ]);
  const names = rates.map(({ name }) => `${name}_octets_per_second`);
  return stringify([["seconds", "phase", "cpu_percent", "resident_megabytes", ...names], ...rows]);
}

const cell = (value: number | null | undefined): string => value?.toFixed(3) ?? "";

function phaseFigures({ recording }: RecordedCommand): readonly PhaseFigures[] {
  const { atSeconds, phases, rates, series } = recording;
  const phaseOf = phasesOfSamples(recording);
  const all = series[0];
  return phases.map(({ name, fromSeconds }, phase) => {
    const samples = atSeconds
      .map((seconds, index) => ({ index, seconds: seconds - (atSeconds[index - 1] ?? 0) }))
      .filter(({ index }) => phaseOf[index] === phase);
    return {
      name,
      fromSeconds,
      seconds: (phases[phase + 1]?.fromSeconds ?? fromSeconds) - fromSeconds,
      samples: samples.length,
      cpuMeanPercent: meanOf(samples, all?.cpuPercent),
      cpuMaxPercent: maxOf(samples.map(({ index }) => all?.cpuPercent[index])),
      residentMaxMegabytes: maxOf(samples.map(({ index }) => all?.residentMegabytes[index])),
      meanPerSecond: Object.fromEntries(rates.map((rate) => [rate.name, meanOf(samples, rate.perSecond)])),
    };
  });
}

/** Each sample belongs to the phase that its middle is in. */
function phasesOfSamples({ atSeconds, phases }: RecordedCommand["recording"]): readonly number[] {
  return atSeconds.map((seconds, index) => {
    const middle = (seconds + (atSeconds[index - 1] ?? 0)) / 2;
    return Math.max(
      0,
      phases.findLastIndex(({ fromSeconds }) => fromSeconds <= middle),
    );
  });
}

/** Over time: a long sample counts for more. */
function meanOf(samples: readonly Sample[], values: readonly (number | null)[] = []): number | null {
  const known = samples.filter(({ index }) => typeof values[index] === "number");
  const seconds = known.reduce((sum, each) => sum + each.seconds, 0);
  return seconds === 0 ? null : known.reduce((sum, each) => sum + values[each.index]! * each.seconds, 0) / seconds;
}

function maxOf(values: readonly (number | null | undefined)[]): number | null {
  return values.reduce<number | null>(
    (most, value) => (typeof value === "number" ? Math.max(most ?? value, value) : most),
    null,
  );
}

function endOf({ exitCode, signal, seconds }: RecordReport): string {
  const how = exitCode === null ? `was ended by ${signal}` : `ended with exit code ${exitCode}`;
  return `It ${how} after ${seconds.toFixed(2)} s.`;
}

function renderCpu({ cpuSeconds, recording }: RecordReport): string {
  const seen = recording.series[0]?.cpuSeconds ?? 0;
  return `CPU: ${cpuSeconds.toFixed(2)} s as the kernel counts it, of which the samples saw ${seen.toFixed(2)} s.`;
}

function renderPhases(report: RecordReport): string {
  const rates = ratesOf(report);
  const rows = report.phases
    .slice(0, -1)
    .map((phase) => [
      phase.name,
      phase.seconds.toFixed(2),
      ...[phase.cpuMeanPercent, phase.cpuMaxPercent, phase.residentMaxMegabytes].map(figure),
      ...rates.map(({ name }) => figure(kilobytes(phase.meanPerSecond[name]))),
    ]);
  const heads = ["phase", "s", "CPU %, mean", "CPU %, max", "memory MB, max"];
  return renderTable([[...heads, ...rates.map(({ name }) => `${name} kB/s`)], ...rows]);
}

function renderProcesses(report: RecordReport): string {
  const rows = curvesOf(report).map(({ name, cpuSeconds, cpuPercent, residentMegabytes }) => [
    name,
    cpuSeconds.toFixed(2),
    figure(maxOf(cpuPercent)),
    figure(maxOf(residentMegabytes)),
  ]);
  return renderTable([["process", "CPU s", "CPU %, max", "memory MB, max"], ...rows]);
}

const kilobytes = (octets: number | null | undefined): number | null =>
  typeof octets === "number" ? octets / KILOBYTE : null;

const figure = (value: number | null): string => value?.toFixed(1) ?? "–";

function renderTotals(report: RecordReport): string {
  const totals = ratesOf(report).map(({ name, total }) => `${name} ${figure(kilobytes(total))} kB`);
  return `In all: ${totals.join(", ")}.`;
}

function renderCost({ recording, marksLeftOut }: RecordReport): string {
  const { samples, lateMaxMs, samplerPercent } = recording.cost;
  const late = lateMaxMs.toFixed(1);
  return [
    `Recording: ${samples} samples, one each ${recording.everyMs} ms, at most ${late} ms late;`,
    `it took ${samplerPercent.toFixed(2)} % of a core.`,
    ...(marksLeftOut === 0 ? [] : [`${marksLeftOut} more lines with a mark began no phase: there were too many.`]),
  ].join(" ");
}
