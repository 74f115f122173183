// Waiting for what the kernel or another process does in its own time: bounded, by condition, never a fixed sleep.

const POLL_MS = 5;
/** What takes long is looked at less often: it is noticed later by this share of the time that it took. */
const LATE_SHARE = 0.05;

/** Resolves soon after `holds` does, looked at every `pollMs` at most; throws after `withinMs`, naming it. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 10_000,
  pollMs = POLL_MS,
): Promise<void> {
  const startedMs = performance.now();
  while (!(await holds())) {
    const waitedMs = performance.now() - startedMs;
    if (waitedMs > withinMs) throw new Error(`Waited ${withinMs} ms in vain: ${what}`);
    await Bun.sleep(Math.max(pollMs, waitedMs * LATE_SHARE));
  }
}
