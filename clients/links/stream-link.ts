// Lines over TCP and TLS.
import type { Socket, SocketHandler } from "bun";

import { errorText } from "../load/error-text.ts";
import { SocketWriter } from "../load/socket-writer.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { Link, LinkEvents, LinkTarget } from "./link.ts";

/** Handlers are shared by all links; the link is the socket's data. */
const HANDLERS: SocketHandler<StreamLink> = {
  open: (socket) => socket.data.onConnected(socket),
  handshake: (socket, _, failure) => socket.data.onHandshake(socket, failure),
  data: (socket, chunk) => socket.data.onData(socket, chunk),
  drain: (socket) => socket.data.onDrain(socket),
  end: (socket) => void socket.end(),
  close: (socket) => socket.data.onClose(socket),
  error: (socket, error) => socket.data.lose(socket, error.message),
  // Told by the promise of `connect`.
  connectError: () => {},
};

export function startStreamLink(target: LinkTarget, events: LinkEvents): Link {
  const link = new StreamLink(target, events);
  link.start();
  return link;
}

class StreamLink implements Link {
  readonly #target: LinkTarget;
  readonly #events: LinkEvents;
  readonly #splitter = new LineSplitter();
  readonly #writer = new SocketWriter();
  #socket: Socket<StreamLink> | undefined;
  #isOver = false;

  constructor(target: LinkTarget, events: LinkEvents) {
    this.#target = target;
    this.#events = events;
  }

  get localAddress(): string | undefined {
    return this.#socket?.localAddress;
  }

  start(): void {
    const { transport, host, port, authority, serverName } = this.#target;
    const trusted = {
      ...(authority === undefined ? {} : { ca: authority }),
      ...(serverName === undefined ? {} : { serverName }),
    };
    const tls = transport === "tls" ? { tls: { ...trusted, rejectUnauthorized: true } } : {};
    Bun.connect<StreamLink>({ hostname: host, port, data: this, socket: HANDLERS, ...tls }).catch((error: unknown) =>
      this.lose(undefined, errorText(error)),
    );
  }

  send(line: string): void {
    if (this.#isOver || this.#socket === undefined) return;
    const bytes = Buffer.from(`${line}\n`);
    this.#writer.write(this.#socket, bytes, bytes.length);
  }

  /** What was sent is still written, as far as the peer takes it. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket?.end();
  }

  onConnected(socket: Socket<StreamLink>): void {
    if (this.#isOver) return void socket.terminate();
    socket.setNoDelay(true);
    this.#socket = socket;
    if (this.#target.transport === "tcp") this.#events.opened();
  }

  /** Of TLS alone. */
  onHandshake(socket: Socket<StreamLink>, failure: Error | null): void {
    if (this.#isOver) return;
    if (failure === null) this.#events.opened();
    else this.lose(socket, errorText(failure));
  }

  onData(socket: Socket<StreamLink>, chunk: Uint8Array): void {
    for (const line of this.#splitter.lines(chunk)) {
      if (this.#isOver) return void socket.terminate();
      this.#events.received(line);
    }
  }

  onDrain(socket: Socket<StreamLink>): void {
    this.#writer.drain(socket);
  }

  /** A last line without its ending is one too: the peer's reason, perhaps. */
  onClose(socket: Socket<StreamLink>): void {
    const last = this.#splitter.rest();
    if (!this.#isOver && last !== "") this.#events.received(last);
    this.lose(socket, "conexão encerrada");
  }

  lose(socket: Socket<StreamLink> | undefined, reason: string): void {
    const wasOver = this.#isOver;
    // Before the socket goes: it says that it is closed while it is being closed.
    this.#isOver = true;
    socket?.terminate();
    if (!wasOver) this.#events.lost(reason);
  }
}
