// A WebSocket to this server that comes back by itself: after a restart of the server the page goes on.

import { type ReadonlySignal, signal } from "@preact/signals";

/** Waiting: the connection is lost, and the next attempt is to come. Closed: by the page, for good. */
export type SocketState = "connecting" | "open" | "waiting" | "closed";

export interface SocketEvents {
  /** Also after each reconnection: whatever the server is to know again is said here. */
  opened?(): void;
  received(text: string): void;
  /** The connection is gone; the code is that of RFC 6455, 1006 where the server said nothing. */
  lost?(code: number): void;
}

export interface PageSocket {
  readonly state: ReadonlySignal<SocketState>;
  /** False where there is no connection: nothing is kept for later. */
  send(text: string): boolean;
  /** Tries now instead of when its turn would come. */
  retry(): void;
  close(): void;
}

const FIRST_WAIT_MS = 250;
const WAIT_MS_MAX = 5_000;

/** `path` is one of this server's, as `/live`. */
export function openSocket(path: string, events: SocketEvents): PageSocket {
  const state = signal<SocketState>("connecting");
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  let socket: WebSocket | undefined;
  let waitMs = FIRST_WAIT_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const connect = (): void => {
    clearTimeout(timer);
    state.value = "connecting";
    const opening = new WebSocket(url);
    socket = opening;
    opening.addEventListener("open", () => {
      waitMs = FIRST_WAIT_MS;
      state.value = "open";
      events.opened?.();
    });
    opening.addEventListener("message", ({ data }) => events.received(String(data)));
    opening.addEventListener("close", ({ code }) => {
      if (state.value === "closed") return;
      state.value = "waiting";
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(2 * waitMs, WAIT_MS_MAX);
      events.lost?.(code);
    });
  };
  const retry = (): void => {
    if (state.value === "waiting") connect();
  };

  globalThis.addEventListener("online", retry);
  connect();
  return {
    state,
    retry,
    send(text) {
      if (state.value !== "open") return false;
      socket?.send(text);
      return true;
    },
    close() {
      state.value = "closed";
      clearTimeout(timer);
      globalThis.removeEventListener("online", retry);
      socket?.close();
    },
  };
}
