// Requests and publications over ZeroMQ as one link: it is open while both sockets have their server.
import { systemClock } from "#runtime/base/clock.ts";
import { decodeMessage, encodeMessage } from "#runtime/wire/message-pack.ts";
import {
  createZmtpContext,
  type Reply,
  RequestSocket,
  SubscribeSocket,
  ZmtpError,
  type ZmtpMessage,
} from "#runtime/zmtp/mod.ts";

import type { Link, LinkEvents, LinkTarget } from "./link.ts";

/** What subscribing to it is answered with: the server then has all that was subscribed to before. */
const OPEN_TOPIC = "@ack open";
/** What our servers publish with a meaning for programs begins so; nothing else is handed on. */
const OWN_TOPICS = "@";
const OPEN_WITHIN_MS = 3_000;
/** A server says by itself when nobody serves a request in half of this time. */
const REPLY_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/**
 * Lines sent: `+topic` and `-topic` subscribe, and do so no longer; any other is a request, in JSON here and in
 * MessagePack on its way, which leaves when the one before it is answered. Lines received: replies in JSON, of which
 * one that cannot be read is `{}`, and publications of topics that begin with `@`, as they are. A request that is not
 * answered in ten seconds is the link's end.
 */
export function startZeroMqLink(target: LinkTarget, events: LinkEvents): Link {
  const link = new ZeroMqLink(events);
  link.start(target);
  return link;
}

class ZeroMqLink implements Link {
  readonly #events: LinkEvents;
  readonly #requests: RequestSocket;
  readonly #publications: SubscribeSocket;
  #giveUp: () => void = () => undefined;
  #isOpen = false;
  #isOver = false;

  constructor(events: LinkEvents) {
    this.#events = events;
    const context = createZmtpContext({
      ended: ({ reason }) => this.#lose(endText(reason)),
      failed: ({ error }) => this.#lose(error.message),
    });
    this.#requests = new RequestSocket(context);
    this.#publications = new SubscribeSocket("SUB", context, (message) => this.#published(message));
  }

  start({ host, port, publicationsPort = port }: LinkTarget): void {
    this.#giveUp = systemClock.after(OPEN_WITHIN_MS, () => this.#lose("ninguém atende"));
    this.#publications.subscribe(OPEN_TOPIC);
    this.#publications.endpoints.connect({ host, port: publicationsPort });
    this.#requests.endpoints.connect({ host, port });
  }

  send(line: string): void {
    if (this.#isOver) return;
    if (line.startsWith("+")) this.#publications.subscribe(line.slice(1));
    else if (line.startsWith("-")) this.#publications.unsubscribe(line.slice(1));
    else void this.#request(line);
  }

  close(): void {
    this.#isOver = true;
    this.#giveUp();
    this.#requests.close();
    this.#publications.endpoints.close();
  }

  async #request(line: string): Promise<void> {
    const request = [encodeMessage(JSON.parse(line), "msgpack")];
    let reply: Reply;
    try {
      reply = await this.#requests.request(request, REPLY_WITHIN_MS);
    } catch (error) {
      const isSilent = error instanceof ZmtpError && error.code === "zmtp.no_reply";
      return this.#lose(isSilent ? "o servidor não responde" : "conexão encerrada");
    }
    if (!this.#isOver) this.#events.received(textOf(reply.frames));
  }

  #published(message: ZmtpMessage): void {
    if (this.#isOver) return;
    const [text, ...more] = message.frames().map((frame) => frame.toString());
    if (text === OPEN_TOPIC) return this.#opened();
    if (text?.startsWith(OWN_TOPICS) && more.length === 0) this.#events.received(text);
  }

  /** Publications come; requests may still be on their way to somebody. */
  #opened(): void {
    if (this.#isOpen || this.#isOver) return;
    if (this.#requests.endpoints.peers.size === 0) return void systemClock.after(LOOK_EVERY_MS, () => this.#opened());
    this.#isOpen = true;
    this.#giveUp();
    this.#events.opened();
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#events.lost(reason);
  }
}

/** For people: connections mostly end because somebody closes them. */
function endText(reason: string): string {
  if (reason.startsWith("wire.")) return "quem atende não fala ZeroMQ";
  return reason === "heartbeat_missed" ? "sem resposta" : "conexão encerrada";
}

/** A reply is one frame. */
function textOf([octets, ...more]: readonly Buffer[]): string {
  const decoded = octets === undefined || more.length > 0 ? undefined : decodeMessage(octets);
  const isMap = decoded?.kind === "value" && typeof decoded.value === "object" && decoded.value !== null;
  return isMap ? JSON.stringify(decoded.value) : "{}";
}
