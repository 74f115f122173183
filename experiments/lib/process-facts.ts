// What Linux says about a process we started: its processor time, its resident memory, and whether it has come to rest.

import { readdirSync, readFileSync } from "node:fs";

/** `USER_HZ`: 100 on every Linux that runs Bun. */
const ticksPerSecond = 100;

/** Processor seconds of all threads so far, user and kernel, in steps of 10 ms. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Processor seconds of the whole machine so far, of all that is not idle or waiting for disks; steps of 10 ms. */
export function machineCpuSeconds(): number {
  const [, user, nice, system, , , interrupts, softInterrupts, stolen] = readFileSync("/proc/stat", "latin1")
    .slice(0, 200)
    .split(/\s+/);
  const ticks = [user, nice, system, interrupts, softInterrupts, stolen].map(Number);
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond;
}

/** Resident memory in bytes. */
export function residentBytesOf(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  if (found === null) throw new Error(`Cannot read the resident memory of process ${pid}`);
  return Number(found[1]) * 1_024;
}

/** Processes, this one apart, on whose command line this text is. */
export function programsWith(text: string): readonly number[] {
  const pids = readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
  return pids.filter((pid) => commandLineOf(pid).includes(text));
}

/** Its words, with blanks between them; empty once it is gone. */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/**
 * Waits until a process has used under 5 % of a core for a whole `quietMs`, so that what came before is finished.
 * Gives up waiting after `timeoutMs`; true when it came to rest.
 */
export async function waitUntilQuiet(pid: number, quietMs: number, timeoutMs = 15_000): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const before = cpuSecondsOf(pid);
    await Bun.sleep(quietMs);
    if (cpuSecondsOf(pid) - before <= (quietMs / 1_000) * 0.05) return true;
  }
  return false;
}
