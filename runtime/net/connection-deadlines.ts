// When a connection has been silent, slow or stuck for too long: judged in one place, from times alone.

export interface DeadlineSettings {
  readonly handshakeMs: number;
  readonly firstByteMs: number;
  readonly messageMs: number;
  readonly idleMs: number;
  readonly writeStallMs: number;
  readonly answerMs: number;
}

/** All in monotonic milliseconds; `undefined` where the thing has not happened or is not going on. */
export interface ConnectionTimes {
  /** First byte of the message that is not whole yet. */
  readonly partialSinceMs: number | undefined;
  /** Bytes wait and the peer has taken none since. */
  readonly blockedSinceMs: number | undefined;
  /** The peer's last byte, or the end of the last turn if that was later; absent while the session has work. */
  readonly quietSinceMs: number | undefined;
  /** Nothing more is read, and the session still has work: since then, or since its last turn was over. */
  readonly unansweredSinceMs: number | undefined;
}

export type TimeoutReason = "message_timeout" | "idle_timeout" | "peer_not_reading" | "answer_timeout";

export type Verdict =
  | { readonly reason: TimeoutReason }
  /** Nothing is late; look again in this many milliseconds. */
  | { readonly lookAgainMs: number };

export function judgeDeadlines(times: ConnectionTimes, settings: DeadlineSettings, nowMs: number): Verdict {
  let lookAgainMs = settings.idleMs;
  for (const [reason, sinceMs, allowedMs] of running(times, settings)) {
    if (sinceMs === undefined) continue;
    const leftMs = sinceMs + allowedMs - nowMs;
    if (leftMs <= 0) return { reason };
    lookAgainMs = Math.min(lookAgainMs, leftMs);
  }
  return { lookAgainMs };
}

type Running = readonly [reason: TimeoutReason, sinceMs: number | undefined, allowedMs: number];

function running(times: ConnectionTimes, settings: DeadlineSettings): readonly Running[] {
  return [
    ["peer_not_reading", times.blockedSinceMs, settings.writeStallMs],
    ["answer_timeout", times.unansweredSinceMs, settings.answerMs],
    ["message_timeout", times.partialSinceMs, settings.messageMs],
    ["idle_timeout", times.quietSinceMs, settings.idleMs],
  ];
}
