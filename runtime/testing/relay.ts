// Passes TCP and UDP on as a bad network would; --help lists the flags.
import { systemClock } from "../base/clock.ts";
import { type Passage, readRelayFlags, type RelayCommand } from "./relay-flags.ts";
import type { Relay } from "./relay-options.ts";
import { relayLine } from "./relay-report.ts";
import { startTcpRelay } from "./relay-tcp.ts";
import { startUdpRelay } from "./relay-udp.ts";

const REPORT_EVERY_MS = 1_000;

interface Running {
  readonly name: string;
  readonly relay: Relay;
}

/** Answers the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const flags = readRelayFlags(args);
  if (flags.kind === "help") {
    console.log(flags.text);
    return 0;
  }
  if (flags.kind === "wrong") {
    for (const problem of flags.problems) console.error(problem);
    return 2;
  }
  return await run(flags.command);
}

async function run(command: RelayCommand): Promise<number> {
  const interrupted = Promise.withResolvers<void>();
  process.once("SIGINT", interrupted.resolve);
  process.once("SIGTERM", interrupted.resolve);
  const running: Running[] = [];
  try {
    for (const passage of command.passages) running.push(await start(passage, command));
  } catch (error) {
    console.error(`Cannot start: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  const stopReports = everySecond(() => report(running, command.json));
  await interrupted.promise;
  stopReports();
  if (!command.json) console.log("In all:");
  report(running, command.json);
  for (const { relay } of running) relay.stop();
  return 0;
}

async function start(passage: Passage, command: RelayCommand): Promise<Running> {
  const { protocol, port, target } = passage;
  const { host: hostname, faults, planned, seed } = command;
  const options = { hostname, port, target, faults, planned, seed };
  const relay = await (protocol === "tcp" ? startTcpRelay(options) : startUdpRelay(options));
  const name = `${protocol} ${relay.port}`;
  console.log(`${name} goes to ${target.hostname}:${target.port}`);
  return { name, relay };
}

function report(running: readonly Running[], json: boolean): void {
  if (json) {
    console.log(JSON.stringify(Object.fromEntries(running.map(({ name, relay }) => [name, relay.figures]))));
  } else for (const { name, relay } of running) console.log(relayLine(name, relay.figures));
}

/** Calls back until the returned function is called. */
function everySecond(callback: () => void): () => void {
  let cancel: (() => void) | undefined;
  const later = (): void => {
    cancel = systemClock.after(REPORT_EVERY_MS, () => {
      callback();
      later();
    });
  };
  later();
  return () => cancel?.();
}

if (import.meta.main) process.exit(await main(Bun.argv.slice(2)));
