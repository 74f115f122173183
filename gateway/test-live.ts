// For tests: what a live page would show, sampled when the test says so.

import type { LiveSnapshot, LiveView, LiveWatcher } from "#runtime/observe/live-view.ts";

import { snapshotExample } from "./live.ts";

export interface TestLive extends LiveView {
  readonly watchers: Set<LiveWatcher>;
  sample(changes?: Partial<LiveSnapshot>): void;
}

export function createTestLive(): TestLive {
  const watchers = new Set<LiveWatcher>();
  const history: LiveSnapshot[] = [];
  return {
    watchers,
    start(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    latest: () => history.at(-1) ?? snapshotExample,
    history: () => history,
    sample(changes = {}) {
      const snapshot = { ...snapshotExample, ...changes };
      history.push(snapshot);
      for (const watcher of watchers) watcher.sampled(snapshot);
    },
  };
}
