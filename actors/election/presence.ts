// Who has been heard of lately, and who falls from office so often that it has to prove itself first.
import { limits } from "#runtime/mod.ts";

import type { ElectionTimes } from "./times.ts";

const NEVER = Number.NEGATIVE_INFINITY;

interface Seen {
  seenAtMs: number;
  /** Since then it has never been silent for the timeout, nor fallen. */
  steadySinceMs: number;
  falls: number;
  fellAtMs: number;
}

/**
 * One server's view of the others. The damping is that of routes which flap (RFC 2439) in a simpler form: who has
 * fallen from office more than `limits.electionFallsMax` times, each within `fallWindowMs` of the one before, is damped
 * until it has been there without a gap for `steadyMs`, doubled with each further fall up to `steadyMaxMs`.
 */
export class Presence {
  readonly #times: ElectionTimes;
  readonly #servers = new Map<string, Seen>();

  constructor(times: ElectionTimes) {
    this.#times = times;
  }

  seen(name: string, nowMs: number): void {
    const server = this.#server(name);
    if (nowMs - server.seenAtMs > this.#times.timeoutMs) server.steadySinceMs = nowMs;
    server.seenAtMs = nowMs;
  }

  /** It has not answered where it should have: it counts as gone until it is seen again. */
  missed(name: string): void {
    this.#server(name).seenAtMs = NEVER;
  }

  /** Seen within the timeout, and not missed since. */
  isLiving(name: string, nowMs: number): boolean {
    const server = this.#servers.get(name);
    return server !== undefined && nowMs - server.seenAtMs < this.#times.timeoutMs;
  }

  /** It was coordinator, and is so no more, though nobody has taken its place above it. */
  fell(name: string, nowMs: number): void {
    const server = this.#server(name);
    if (nowMs - server.fellAtMs > this.#times.fallWindowMs + this.#steadyMs(server.falls)) server.falls = 0;
    server.falls++;
    server.fellAtMs = server.steadySinceMs = nowMs;
  }

  isDamped(name: string, nowMs: number): boolean {
    const server = this.#servers.get(name);
    return server !== undefined && nowMs - server.steadySinceMs < this.#steadyMs(server.falls);
  }

  /** Those that are not known any more are forgotten, but for such as have fallen lately. */
  keep(isKnown: (name: string) => boolean, nowMs: number): void {
    for (const [name, { falls, fellAtMs }] of this.#servers) {
      const hasFallen = nowMs - fellAtMs <= this.#times.fallWindowMs + this.#steadyMs(falls);
      const isKept = hasFallen && this.#servers.size <= 2 * limits.electionMembersMax;
      if (!isKept && !isKnown(name)) this.#servers.delete(name);
    }
  }

  #server(name: string): Seen {
    const known = this.#servers.get(name);
    if (known !== undefined) return known;
    const server = { seenAtMs: NEVER, steadySinceMs: NEVER, falls: 0, fellAtMs: NEVER };
    this.#servers.set(name, server);
    return server;
  }

  #steadyMs(falls: number): number {
    const { steadyMs, steadyMaxMs } = this.#times;
    const further = falls - limits.electionFallsMax - 1;
    return further < 0 ? 0 : Math.min(steadyMaxMs, steadyMs * 2 ** further);
  }
}
