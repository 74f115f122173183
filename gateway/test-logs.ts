// For tests: a log of one line whose level can be set; what it is asked is noted.

import type { LogEntry, LogView } from "#runtime/observe/log-view.ts";

const anEntry: LogEntry = {
  number: 812,
  at: 1_735_689_600_000,
  level: "error",
  reason: "actor.crashed",
  text: "",
  fields: { type: "counter", key: "page/home" },
};

export function createTestLogs(asked: unknown[]): LogView {
  const now: { level: ReturnType<LogView["level"]> } = { level: "info" };
  return {
    tail(query) {
      asked.push(query);
      return { items: [anEntry], next: "812" };
    },
    subscribe: () => () => undefined,
    level: () => now.level,
    setLevel(level) {
      asked.push(["setLevel", level]);
      now.level = level;
    },
  };
}
