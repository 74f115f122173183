// The role "viewers" of the gateway experiment: WebSockets that read the live feed, and count what comes.

import { ADMIN_TOKEN } from "./gateway-servers.ts";
import { obeyLines } from "./told-program.ts";

export type ViewersAct =
  { readonly kind: "open"; readonly httpPort: number; readonly count: number } | { readonly kind: "close" };

export interface ViewersAnswer {
  /** Ticks that came to all viewers together, and their octets. */
  readonly ticks: number;
  readonly bytes: number;
  readonly wrong: readonly string[];
}

export async function watchLive(_words: readonly string[], lines: AsyncIterable<string>): Promise<void> {
  const viewers: Viewer[] = [];
  await obeyLines<ViewersAct, Partial<ViewersAnswer>>(lines, async (told) => {
    if (told.kind === "open") {
      for (let index = 0; index < told.count; index++) viewers.push(new Viewer(told.httpPort));
      await Promise.all(viewers.map(({ ready }) => ready));
      return {};
    }
    const ended = viewers.splice(0);
    for (const viewer of ended) viewer.close();
    return {
      ticks: ended.reduce((sum, { ticks }) => sum + ticks, 0),
      bytes: ended.reduce((sum, { bytes }) => sum + bytes, 0),
      wrong: ended.flatMap(({ wrong }) => wrong ?? []),
    };
  });
}

class Viewer {
  /** The first tick has come. */
  readonly ready: Promise<void>;
  ticks = 0;
  bytes = 0;
  wrong: string | undefined;
  readonly #socket: WebSocket;
  #closing = false;

  constructor(httpPort: number) {
    const options = { headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } };
    this.#socket = new WebSocket(`ws://127.0.0.1:${httpPort}/live`, options as never);
    const first = Promise.withResolvers<void>();
    this.ready = first.promise;
    this.#socket.addEventListener("message", ({ data }) => {
      const text = String(data);
      if ((JSON.parse(text) as { readonly kind: string }).kind !== "tick") return;
      this.ticks++;
      this.bytes += Buffer.byteLength(text);
      first.resolve();
    });
    this.#socket.addEventListener("close", ({ code, reason }) => {
      if (!this.#closing) this.wrong = `a viewer was sent away: ${code} ${reason}`;
      first.resolve();
    });
  }

  close(): void {
    this.#closing = true;
    this.#socket.close();
  }
}
