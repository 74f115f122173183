// A WebSocket that is tried now and then: where nothing comes any more, it is given up for a new one.

import { openSocket, type PageSocket, type SocketEvents } from "./socket.ts";

export interface Lifeline {
  /** False where there is no connection: nothing is kept for later. */
  send(text: string): boolean;
  close(): void;
}

export interface LifelineOptions {
  /** One of this server's. */
  readonly path: string;
  /** What the server always answers. */
  readonly probe: string;
  readonly opened: () => void;
  readonly received: (text: string) => void;
  readonly lost: () => void;
}

/** The server lets go of who is silent for longer; a page in the background wakes once a minute. */
const PROBE_AFTER_MS = 20_000;
const GONE_AFTER_MS = 15_000;
const LOOK_EVERY_MS = 5_000;

export function openLifeline({ path, probe, opened, received, lost }: LifelineOptions): Lifeline {
  const heard = { atMs: performance.now(), probedAtMs: 0 };
  const noteHeard = (): void => void Object.assign(heard, { atMs: performance.now(), probedAtMs: 0 });
  const events: SocketEvents = {
    opened: () => {
      noteHeard();
      opened();
    },
    received: (text) => {
      noteHeard();
      received(text);
    },
    lost,
  };
  const current: { socket: PageSocket } = { socket: openSocket(path, events) };
  const look = (): void => {
    const { socket } = current;
    if (socket.state.value !== "open") return;
    const nowMs = performance.now();
    if (heard.probedAtMs > 0 && nowMs - heard.probedAtMs > GONE_AFTER_MS) {
      socket.close();
      lost();
      current.socket = openSocket(path, events);
    } else if (heard.probedAtMs === 0 && nowMs - heard.atMs > PROBE_AFTER_MS) {
      socket.send(probe);
      heard.probedAtMs = nowMs;
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    send: (text) => current.socket.send(text),
    close() {
      clearInterval(timer);
      current.socket.close();
    },
  };
}
