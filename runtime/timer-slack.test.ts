// The real file of the kernel: after the call, a timer of this process may be late by no more than a nanosecond.
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";

import { sharpenTimers } from "./timer-slack.ts";

const SLACK_FILE = "/proc/self/timerslack_ns";

// The kernel of another system has no such file.
test.skipIf(!existsSync(SLACK_FILE))("timers may be late by no more than a nanosecond", () => {
  sharpenTimers();
  expect(readFileSync(SLACK_FILE, "latin1").trim()).toBe("1");
});
