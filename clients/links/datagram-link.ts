// Lines over UDP, by the reliable datagram protocol: once, and in order.
import { lookup } from "node:dns/promises";

import { DatagramClient } from "#runtime/net/datagram-client.ts";

import { errorText } from "../load/error-text.ts";
import type { Link, LinkEvents, LinkTarget } from "./link.ts";

/** Addresses of this machine and of private networks: retransmission there need not be patient. */
const NEAR = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/i;

/** Why it is over, for people, where the server has not said. */
const REASONS = {
  us: "encerrada",
  peer: "encerrada pelo servidor",
  silence: "sem resposta",
  gone: "o servidor não a conhece mais",
} as const;

export function startDatagramLink(target: LinkTarget, events: LinkEvents): Link {
  const link = new DatagramLink(target, events);
  void link.start();
  return link;
}

class DatagramLink implements Link {
  readonly #target: LinkTarget;
  readonly #events: LinkEvents;
  #client: DatagramClient | undefined;
  #isOver = false;

  constructor(target: LinkTarget, events: LinkEvents) {
    this.#target = target;
    this.#events = events;
  }

  /** Never rejects: what goes wrong is the link's end. */
  async start(): Promise<void> {
    const { host, port, isQuick = false } = this.#target;
    try {
      const { address } = await lookup(host);
      const client = await DatagramClient.connect({
        address,
        port,
        profile: { local: NEAR.test(address), quick: isQuick },
        received: (line) => this.#received(line),
        ended: ({ by, text }) => this.#lose(text || REASONS[by]),
      });
      this.#client = client;
      if (this.#isOver) client.finish();
      else this.#events.opened();
    } catch (error) {
      this.#lose(errorText(error));
    }
  }

  /** What the channel takes no more of is as lost as the channel. */
  send(line: string): void {
    if (this.#isOver || this.#client === undefined) return;
    if (!this.#client.send(line)) this.#lose("fila cheia");
  }

  close(): void {
    this.#isOver = true;
    this.#client?.finish();
  }

  #received(line: string): void {
    if (!this.#isOver) this.#events.received(line);
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#client?.drop();
    this.#events.lost(reason);
  }
}
