// A log that is only in memory, by a clock that stands still.
import { createLog, type Log } from "../observe/log.ts";
import { FakeClock } from "./fake-clock.ts";

export function createTestLog(): Log {
  return createLog("info", new FakeClock(), { stderr: false });
}
