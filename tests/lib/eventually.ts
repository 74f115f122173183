// Waiting for what the kernel or another process does in its own time: bounded, by condition, never a fixed sleep.

const POLL_MS = 5;

/** Resolves as soon as `holds` does; after `withinMs` it throws, naming what was waited for. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`Waited ${withinMs} ms in vain: ${what}`);
    await Bun.sleep(POLL_MS);
  }
}
