// Timers that Linux keeps to the microsecond: by default it may wake a process up to 50 µs after a timer is due.
import { writeFileSync } from "node:fs";

/** Of the thread that calls it and of those it starts later; see timerslack_ns in proc_pid_timerslack_ns(5). */
const SLACK_FILE = "/proc/self/timerslack_ns";
const SLACK_NS = "1";

/** Where the kernel has no such file, timers stay as they are. */
export function sharpenTimers(): void {
  try {
    writeFileSync(SLACK_FILE, SLACK_NS);
  } catch {
    // A system without it, or a container that forbids it.
  }
}
