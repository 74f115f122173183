// How long to wait before the next try: doubling, capped, and drawn anew each time, so that not all come at once.
import type { Random } from "#runtime/base/random.ts";

export interface Backoff {
  /** The first wait is at most this long. */
  readonly firstMs: number;
  /** And no wait is ever longer. */
  readonly maxMs: number;
}

/** `tries` made before, 0 or more: from nothing up to the doubled wait ("full jitter"), in milliseconds. */
export function backoffMs(tries: number, random: Random, { firstMs, maxMs }: Backoff): number {
  return random.next() * Math.min(maxMs, firstMs * 2 ** Math.min(tries, 30));
}

/** What a person is told of a connection that was lost, or never was. */
export function lostText(wasConnected: boolean, reason: string, waitMs: number): string {
  const what = wasConnected ? "Conexão perdida" : "Não foi possível conectar";
  return `${what} (${reason}). Tentando de novo em ${waitText(waitMs)}, até conseguir.`;
}

/** As people read it, `0,3 s`: to the tenth above, so that no wait is nothing. */
export function waitText(waitMs: number): string {
  return `${(Math.ceil(waitMs / 100) / 10).toFixed(1).replace(".", ",")} s`;
}
