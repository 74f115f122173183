// Waits for one peer on ports of our own: each takes one connection, and all come from one address.
import type { Socket } from "bun";

import type { Link, LinkEvents } from "./link.ts";
import type { MessageGrammar } from "./message-gatherer.ts";
import { MESSAGE_HANDLERS, MessageLink } from "./message-link.ts";

/** One way in. */
interface PeerEnd {
  readonly grammar: MessageGrammar;
  readonly events: LinkEvents;
}

interface PeerDoor {
  readonly port: number;
  /** Closing it ends the waiting too. */
  readonly link: Link;
}

/**
 * Nobody but who comes from the address `from` is let in; where that is not known, the first one to come is the peer.
 * A `from` that has a meaning only on somebody else's machine is not known. Throws where it cannot listen, with nothing
 * left open.
 */
export function listenForPeer(address: string, ends: readonly PeerEnd[], from?: string): readonly PeerDoor[] {
  const isElsewhere = from !== undefined && isLoopback(from) && !isLoopback(address);
  const visitor = new Visitor(isElsewhere ? undefined : from);
  const doors: Door[] = [];
  try {
    for (const end of ends) doors.push(new Door(address, end, visitor));
  } catch (error) {
    for (const door of doors) door.close();
    throw error;
  }
  return doors.map((door) => ({ port: door.port, link: door }));
}

class Visitor {
  /** Said beforehand, or that of the first one to come. */
  #address: string | undefined;

  constructor(address: string | undefined) {
    this.#address = address === undefined ? undefined : plainAddress(address);
  }

  isExpected(address: string): boolean {
    this.#address ??= plainAddress(address);
    return this.#address === plainAddress(address);
  }
}

const isLoopback = (address: string): boolean => /^(?:127\.|::1$)/.test(plainAddress(address));

/** Who listens with IPv6 has those who come by IPv4 with this before their address. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

class Door implements Link {
  readonly #link: MessageLink;
  readonly #visitor: Visitor;
  readonly #listener: Bun.TCPSocketListener<MessageLink>;

  constructor(address: string, { grammar, events }: PeerEnd, visitor: Visitor) {
    this.#link = new MessageLink(grammar, events);
    this.#visitor = visitor;
    this.#listener = Bun.listen<MessageLink>({
      hostname: address,
      port: 0,
      data: this.#link,
      socket: { ...MESSAGE_HANDLERS, open: (socket) => this.#knocked(socket) },
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  get localAddress(): string | undefined {
    return this.#link.localAddress;
  }

  send(line: string): void {
    this.#link.send(line);
  }

  close(): void {
    this.#listener.stop();
    this.#link.close();
  }

  #knocked(socket: Socket<MessageLink>): void {
    if (this.#link.isTaken || !this.#visitor.isExpected(socket.remoteAddress)) return void socket.terminate();
    this.#link.onConnected(socket);
    this.#listener.stop();
  }
}
