// How long a connection is silent before the kernel asks whether its peer is still there.
import { limits } from "../limits.ts";

/** Bun has the kernel ask ten times, a second apart, before it gives a silent peer up. */
const KEEP_ALIVE_PROBES_MS = 10_000;

export const KEEP_ALIVE_IDLE_MS = limits.keepAliveMs - KEEP_ALIVE_PROBES_MS;
