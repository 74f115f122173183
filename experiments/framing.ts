// What does it cost to find frames in a chunk? The decoder beside a bare DataView walk, and both beside the JSON work.

import { parseArgs } from "node:util";

import { do_not_optimize, measure } from "mitata";

import { bytesAllocatedPerRun, calibrateAllocation } from "./lib/allocation.ts";
import { parsePositive, runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment } from "./lib/environment.ts";
import {
  concludeFraming,
  type FramingCase,
  type FramingParameters,
  type FramingReport,
  type Operation,
  operations,
  renderFraming,
} from "./lib/framing-report.ts";
import { type ChunkShape, createFramingWork, type FramingWork } from "./lib/framing-work.ts";
import { openResult, RESULT_FLAG } from "./lib/result.ts";

export interface FramingOptions extends FramingParameters {
  readonly progress?: (line: string) => void;
}

const defaultFramingOptions: FramingOptions = {
  sizes: [16, 128, 1_024, 16_384, 262_144],
  pairs: 9,
  sampleMs: 30,
  allocationFrames: 1_000_000,
};

const quickFramingOptions: FramingOptions = { sizes: [16, 1_024], pairs: 5, sampleMs: 10, allocationFrames: 200_000 };

const payloadBytesMin = 16;
/** Encoding copies: a million large frames would take minutes, and tell no more. */
const allocationBytesMax = 2 ** 30;

export async function runFraming(options: FramingOptions): Promise<FramingReport> {
  const { progress, ...parameters } = options;
  const environment = describeEnvironment();
  const objectBytes = calibrateAllocation();
  const cases: FramingCase[] = [];
  for (const shape of ["stream", "single"] satisfies ChunkShape[]) {
    for (const payloadBytes of options.sizes) {
      progress?.(`${payloadBytes} bytes, ${shape} …`);
      cases.push(await measureCase(createFramingWork(payloadBytes, shape), parameters));
    }
  }
  return { environment, parameters, objectBytes, cases };
}

async function measureCase(work: FramingWork, parameters: FramingParameters): Promise<FramingCase> {
  const { pairs, sampleMs, allocationFrames } = parameters;
  verify(work);
  const samples: Record<Operation, number[]> = {
    walk: [],
    decode: [],
    decodeText: [],
    encode: [],
    parse: [],
    stringify: [],
  };
  for (const operation of operations) await nanosecondsPerFrame(work, operation, sampleMs);
  for (let pair = 0; pair < pairs; pair++) {
    for (const operation of operations) {
      samples[operation].push(await nanosecondsPerFrame(work, operation, sampleMs));
    }
  }
  const { shape, payloadBytes, frames, encodedFrames } = work;
  const encodeFrames = Math.min(allocationFrames, allocationBytesMax / payloadBytes);
  return {
    shape,
    payloadBytes,
    frames,
    samples,
    decodeBytesPerFrame: bytesPerFrame(work.decode, frames, allocationFrames),
    encodeBytesPerFrame: bytesPerFrame(work.encode, encodedFrames, encodeFrames),
  };
}

/** A benchmark of frames that were missed is fiction. */
function verify(work: FramingWork): void {
  const { expected, encodedFrames, payloadBytes } = work;
  const results = [work.walk(), work.decode(), work.decodeText(), work.parse()];
  const right = results.every((result) => result === expected) && work.encode() === encodedFrames * payloadBytes;
  if (!right) throw new Error(`Cannot use this run: of ${expected} payload bytes ${results.join(", ")} were found`);
}

async function nanosecondsPerFrame(work: FramingWork, operation: Operation, sampleMs: number): Promise<number> {
  const run = work[operation];
  const options = { min_cpu_time: sampleMs * 1e6, min_samples: 5, batch_samples: 64, gc: false };
  const { p50 } = await measure(() => do_not_optimize(run()), options);
  return p50 / (operation === "encode" ? work.encodedFrames : work.frames);
}

function bytesPerFrame(run: () => number, frames: number, framesMax: number): number {
  const runAll = (times: number): void => {
    for (let count = 0; count < times; count++) do_not_optimize(run());
  };
  return bytesAllocatedPerRun(runAll, Math.ceil(framesMax / frames)) / frames;
}

const help = `bun experiments/framing.ts: frames found in a chunk, beside a bare DataView walk over the same chunk

  --sizes LIST   payload bytes, ${payloadBytesMin} at least (${defaultFramingOptions.sizes.join(",")})
  --pairs N      rounds, each timing every operation once (${defaultFramingOptions.pairs})
  --sample-ms N  time for one operation in one round (${defaultFramingOptions.sampleMs})
  --quick        fewer sizes and rounds: for a look, not for a result
  --json         one JSON document with every sample
  --result FILE  the result in short, as in experiments/results/
  --help`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: "string" },
      pairs: { type: "string" },
      "sample-ms": { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const saveResult = openResult(values.result);
  const defaults = values.quick ? quickFramingOptions : defaultFramingOptions;
  const report = await runFraming({
    sizes: values.sizes?.split(",").map(parseSize) ?? defaults.sizes,
    pairs: parsePositive(values.pairs ?? defaults.pairs),
    sampleMs: parsePositive(values["sample-ms"] ?? defaults.sampleMs),
    allocationFrames: defaults.allocationFrames,
    progress: (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify(report, undefined, 2) : renderFraming(report));
  saveResult(report.environment, concludeFraming(report));
}

function parseSize(word: string): number {
  const size = parsePositive(word);
  if (size >= payloadBytesMin) return size;
  throw new TypeError(`Cannot use a payload of ${size} bytes: a request has ${payloadBytesMin} at least`);
}

if (import.meta.main) await runCommandLine(main);
