// The framing experiment's result as a page to read, beside the levels it is held to.

import { allocationMethod } from "./allocation.ts";
import { type Environment, renderEnvironment } from "./environment.ts";
import type { ChunkShape } from "./framing-work.ts";
import { type Level, levelOf, renderInterval, renderLevels } from "./level.ts";
import { conclude, type Conclusion } from "./result.ts";
import { type MedianInterval, pairedRatio, summarise } from "./statistics.ts";
import { formatCount, renderTable } from "./table.ts";

export interface FramingParameters {
  /** Bytes; 16 at least. */
  readonly sizes: readonly number[];
  readonly pairs: number;
  /** Time spent on one measurement of one operation. */
  readonly sampleMs: number;
  /** Frames over which allocated bytes are counted. */
  readonly allocationFrames: number;
}

export const operations = ["walk", "decode", "decodeText", "encode", "parse", "stringify"] as const;
export type Operation = (typeof operations)[number];

export interface FramingCase {
  readonly shape: ChunkShape;
  readonly payloadBytes: number;
  readonly frames: number;
  /** Nanoseconds a frame, one for each pair: the median that mitata found in its runs. */
  readonly samples: Readonly<Record<Operation, readonly number[]>>;
  /** Of the heap, garbage included. */
  readonly decodeBytesPerFrame: number;
  readonly encodeBytesPerFrame: number;
}

export interface FramingReport {
  readonly environment: Environment;
  readonly parameters: FramingParameters;
  /** What the way of counting bytes says of one small object each time. */
  readonly objectBytes: number;
  readonly cases: readonly FramingCase[];
}

function ratioOf({ samples }: FramingCase): MedianInterval {
  return pairedRatio(samples.decode, samples.walk);
}

export function renderFraming(report: FramingReport): string {
  const { parameters, objectBytes, cases } = report;
  return [
    renderEnvironment(report.environment),
    `ns a frame: medians of ${parameters.pairs} alternating rounds; ratio: median of paired rounds [95 % bootstrap]`,
    `${allocationMethod}; one small object each time shows as ${objectBytes.toFixed(1)} B`,
    "",
    renderTimes(cases),
    "walk: a bare DataView over the same chunk, magic, type and length of each header; made anew for a single frame",
    "decode: FrameDecoder, push and next until done, nothing taken; + text: every payload taken as text",
    "",
    renderLevels(levelsOf(cases)),
  ].join("\n");
}

/** Of streams, for each size. */
export function concludeFraming({ cases }: FramingReport): Conclusion {
  const figures = cases
    .filter(({ shape }) => shape === "stream")
    .map(
      (each) => `${renderSize(each.payloadBytes)} ${renderInterval(ratioOf(each))}, ${nanoseconds(each, "decode")} ns`,
    );
  return conclude(levelsOf(cases), [`decode / bare DataView walk, and decode a frame: ${figures.join("; ")}`]);
}

function renderTimes(cases: readonly FramingCase[]): string {
  const heading = ["payload", "frames", "walk", "decode", "decode / walk", "+ text", "encode", "JSON.parse"];
  const rows = cases.map((each) => [
    `${renderSize(each.payloadBytes)}${each.shape === "single" ? ", single" : ""}`,
    formatCount(each.frames),
    nanoseconds(each, "walk"),
    nanoseconds(each, "decode"),
    renderInterval(ratioOf(each)),
    nanoseconds(each, "decodeText"),
    nanoseconds(each, "encode"),
    nanoseconds(each, "parse"),
    nanoseconds(each, "stringify"),
    each.decodeBytesPerFrame.toFixed(2),
    each.encodeBytesPerFrame.toFixed(2),
  ]);
  return renderTable([[...heading, "JSON.stringify", "decode B/frame", "encode B/frame"], ...rows]);
}

/** A stream is what the levels are about; a byte below a hundredth a frame is a block of the heap, not of a frame. */
function levelsOf(cases: readonly FramingCase[]): Level[] {
  return cases.flatMap((each) => {
    if (each.shape === "single") return [];
    const size = renderSize(each.payloadBytes);
    const bytes = Math.round(each.decodeBytesPerFrame * 100) / 100;
    return [
      levelOf(`decode / bare DataView walk, ${size}`, "at most", 1.5, ratioOf(each)),
      levelOf(`bytes allocated a frame, ${size}`, "at most", 0, { count: 1, median: bytes, low: bytes, high: bytes }),
    ];
  });
}

function nanoseconds({ samples }: FramingCase, operation: Operation): string {
  const { median } = summarise(samples[operation]);
  return median >= 1_000 ? formatCount(median) : median.toFixed(median >= 100 ? 0 : 1);
}

function renderSize(bytes: number): string {
  return bytes >= 1_024 ? `${bytes / 1_024} KiB` : `${bytes} B`;
}
