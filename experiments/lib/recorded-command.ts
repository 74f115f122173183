// Runs a command while it is recorded: what it writes is passed on, what it is told is told to it, and it ends in time.

import { readFileSync } from "node:fs";
import { constants } from "node:os";

import { MarkedLines } from "./marked-lines.ts";
import { countWaiting, INTERFACE_COUNTS, InterfaceCounter, waitingToBeCounted } from "./recorder-interfaces.ts";
import { inOwnNetwork } from "./recorder-network.ts";
import { RecordedTree, type SingleProcess } from "./recorder-tree.ts";
import { Recorder, type Recording } from "./recorder.ts";

export interface RecordParameters {
  readonly command: readonly string[];
  readonly everyMs: number;
  /** After that it is ended. */
  readonly forSeconds?: number;
  /** A line that contains one begins a phase. */
  readonly marks: readonly string[];
  readonly hasOwnNetwork: boolean;
  /** Where its standard output goes. */
  readonly output: "stdout" | "stderr";
}

export interface RecordedCommand {
  readonly recording: Omit<Recording, "octetsPerSecond">;
  readonly processes: readonly SingleProcess[];
  readonly seconds: number;
  readonly exitCode: number | null;
  /** Its number where it has no name. */
  readonly signal: string | number | null;
  /** As the kernel has it, with children that it has waited for. */
  readonly cpuSeconds: number;
  /** Lines with a mark that began no phase, since there were too many. */
  readonly marksLeftOut: number;
}

/** It could not be started; the exit code is the one a shell would give. */
export class CommandNotStarted extends Error {
  readonly exitCode: number;

  constructor(word: string, why: string, exitCode: number) {
    super(`Cannot run "${word}": ${why}`);
    this.exitCode = exitCode;
  }
}

interface Reader {
  read(): Promise<{ readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

type Child = Bun.Subprocess<"inherit", "pipe" | "inherit" | number, "pipe" | "inherit">;

const PROCESSES_MAX = 8;
const MARKS_MAX = 100;
const KILL_AFTER_MS = 5_000;
/** Children that outlive the command may hold its output open for ever. */
const OUTPUT_WAIT_MS = 1_000;
const MICROSECONDS = 1e6;
const SIGNALS = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"] as const;
const NOT_EXECUTABLE = 126;

export async function recordCommand(parameters: RecordParameters): Promise<RecordedCommand> {
  const { everyMs, forSeconds, marks } = parameters;
  await using stack = new AsyncDisposableStack();
  const recorder = await Recorder.start(everyMs, "none");
  stack.defer(() => recorder.abandon());
  recorder.phase("started");
  const startedMs = performance.now();
  const child = startChild(parameters);
  const tree = new RecordedTree(child.pid);
  recorder.watch("all", tree);
  stack.defer(passSignalsOn(child, recorder));
  if (forSeconds !== undefined) stack.defer(endAfter(forSeconds, tree, recorder));
  const phases = { left: MARKS_MAX, leftOut: 0 };
  const passing = passOutputOn(
    child,
    parameters,
    () => new MarkedLines(marks, (name) => begin(recorder, phases, name)),
  );
  const count = (counter?: InterfaceCounter): void => {
    recorder.watchCounts(INTERFACE_COUNTS, () => counter?.read());
  };
  const interfaces = await openInterfaces(child, parameters, count);
  if (interfaces === undefined) count();
  stack.defer(() => interfaces?.close());
  await child.exited;
  const seconds = (performance.now() - startedMs) / 1_000;
  await passing();
  recorder.phase("ended");
  const { octetsPerSecond: _, ...recording } = await recorder.stop();
  return {
    recording,
    processes: tree.processes(PROCESSES_MAX),
    seconds,
    exitCode: child.exitCode,
    signal: child.signalCode,
    cpuSeconds: Number(child.resourceUsage()?.cpuTime.total ?? 0) / MICROSECONDS,
    marksLeftOut: phases.leftOut,
  };
}

/** What a shell would answer: 128 and the number of the signal, where one has ended it. */
export function exitCodeOf({ exitCode, signal }: Pick<RecordedCommand, "exitCode" | "signal">): number {
  if (exitCode !== null) return exitCode;
  return 128 + (typeof signal === "number" ? signal : constants.signals[signal as NodeJS.Signals]);
}

function startChild({ command, marks, hasOwnNetwork, output }: RecordParameters): Child {
  const own = output === "stdout" ? 1 : 2;
  try {
    return Bun.spawn(hasOwnNetwork ? [...inOwnNetwork(waitingToBeCounted(command))] : [...command], {
      stdin: "inherit",
      // Who looks for no marks leaves the command its terminal.
      stdout: marks.length === 0 ? own : "pipe",
      stderr: marks.length === 0 ? "inherit" : "pipe",
    });
  } catch (error) {
    throw new CommandNotStarted(command[0] ?? "", (error as Error).message, NOT_EXECUTABLE);
  }
}

function begin(recorder: Recorder, phases: { left: number; leftOut: number }, name: string): void {
  if (phases.left-- > 0) recorder.phase(name);
  else phases.leftOut++;
}

/** Answers what gives up passing on; until then those signals do not end this process. */
function passSignalsOn(child: Child, recorder: Recorder): () => void {
  const handlers = SIGNALS.map((signal) => {
    const handler = (): void => {
      recorder.phase(signal);
      if (!isFromTerminal(signal)) child.kill(signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  };
}

/** The terminal tells all that are in its foreground: then the command has it already, and twice would mean more. */
function isFromTerminal(signal: (typeof SIGNALS)[number]): boolean {
  if (signal !== "SIGINT" && signal !== "SIGQUIT") return false;
  const [, , group, , , foreground] = readFileSync("/proc/self/stat", "latin1")
    .replace(/^.*\) /s, "")
    .split(" ");
  return group === foreground;
}

/** The command and all its processes: SIGTERM, and what is still there later, SIGKILL. Answers what calls it off. */
function endAfter(seconds: number, tree: RecordedTree, recorder: Recorder): () => void {
  const end = (signal: "SIGTERM" | "SIGKILL"): void => {
    recorder.phase(signal);
    for (const pid of tree.livingPids()) tell(pid, signal);
  };
  const timers = [
    setTimeout(() => end("SIGTERM"), seconds * 1_000),
    setTimeout(() => end("SIGKILL"), seconds * 1_000 + KILL_AFTER_MS),
  ];
  return () => timers.forEach((timer) => clearTimeout(timer));
}

function tell(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

async function openInterfaces(
  child: Child,
  { hasOwnNetwork }: RecordParameters,
  countFirst: (counter: InterfaceCounter) => void,
): Promise<InterfaceCounter | undefined> {
  if (hasOwnNetwork)
    return await countWaiting(child.pid, () => child.exitCode !== null || child.signalCode !== null, countFirst);
  const counter = new InterfaceCounter("self");
  countFirst(counter);
  return counter;
}

/** Answers what waits for the last of it. */
function passOutputOn(
  { stdout, stderr }: Child,
  { output }: RecordParameters,
  linesOf: () => MarkedLines,
): () => Promise<void> {
  const ways = [
    { from: stdout, to: process[output] },
    { from: stderr, to: process.stderr },
  ].flatMap(({ from, to }) => (from instanceof ReadableStream ? [{ from: from.getReader(), to }] : []));
  const passing = ways.map(({ from, to }) => passOn(from, to, linesOf()));
  return async () => {
    const givingUp = setTimeout(() => ways.forEach(({ from }) => void from.cancel()), OUTPUT_WAIT_MS);
    await Promise.all(passing);
    clearTimeout(givingUp);
  };
}

/** When nobody takes it any more, the command is told so: its writing fails, as it would without us. */
async function passOn(from: Reader, to: NodeJS.WriteStream, lines: MarkedLines): Promise<void> {
  for (;;) {
    const { value } = await from.read();
    if (value === undefined) return lines.end();
    lines.push(value);
    if (!(await write(to, value))) return void (await from.cancel());
  }
}

function write(to: NodeJS.WriteStream, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => to.write(chunk, (error) => resolve(error === undefined || error === null)));
}
