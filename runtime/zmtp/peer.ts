// Hot. One peer of a ZeroMQ socket: what stands behind its connection, in the place where others have an actor.
import type { MessageBatch, SessionPort } from "../core/ports.ts";
import type { StreamPort } from "../net/connection-host.ts";
import type { ZmtpMessage } from "../wire/zmtp-message.ts";
import { ZmtpPeer } from "../wire/zmtp-peer.ts";

/** Whose peer it is. */
export interface PeerOwner {
  readonly name: string;
  readonly highWaterBytes: number;
  /** How many messages of one peer are taken in one go. */
  readonly messagesAtOnce: number;
  introduced(peer: Peer): void;
  left(peer: Peer): void;
  received(peer: Peer, message: ZmtpMessage, arrivedMs: number): void;
  dropped(): void;
  resumed(peer: Peer): void;
}

export class Peer implements SessionPort {
  readonly connection: StreamPort;
  readonly #owner: PeerOwner;
  /** Known from `introduced` on. */
  socketType = "";
  identity: Buffer = Buffer.alloc(0);
  /** Messages that it should have had, and for which it left no room. */
  droppedCount = 0;
  /** Of the publication that it was given last: nobody is given one twice. */
  publication = 0;
  readonly idleSinceMs = 0;
  #busy = false;

  constructor(connection: StreamPort, owner: PeerOwner) {
    this.connection = connection;
    this.#owner = owner;
    this.mailbox.room = owner.messagesAtOnce;
  }

  get address(): string {
    return `${this.#owner.name}/${this.connection.id}`;
  }

  /** Messages are handled as they come: there is room unless one is being answered. */
  readonly mailbox = { room: 0, bytes: 0 };

  get quiet(): boolean {
    return !this.#busy;
  }

  /** While it is, nothing more is read from it: its message waits for an answer. */
  set busy(busy: boolean) {
    this.#busy = busy;
    this.mailbox.room = busy ? 0 : this.#owner.messagesAtOnce;
    if (!busy) this.connection.mailboxMoved();
  }

  /** Octets wait for it up to its high-water mark. */
  get hasRoom(): boolean {
    return this.connection.outboundBytes < this.#owner.highWaterBytes;
  }

  /** False, and the message is dropped and counted, where it would pass the high-water mark. Never part of one. */
  send(message: ZmtpMessage): boolean {
    const { connection } = this;
    if (this.#isOver(message)) {
      // What this step has produced may be all that waits.
      connection.flush();
      if (this.#isOver(message)) {
        this.droppedCount++;
        this.#owner.dropped();
        return false;
      }
    }
    this.tell(message);
    return true;
  }

  /** As `send`, of what no peer can do without: none is dropped. */
  tell({ octets, start, end }: ZmtpMessage): void {
    this.connection.write(octets, start, end);
  }

  /** Whatever its length, a message finds room where nothing waits. */
  #isOver({ bytes }: ZmtpMessage): boolean {
    const { outboundBytes } = this.connection;
    return outboundBytes > 0 && outboundBytes + bytes > this.#owner.highWaterBytes;
  }

  // From its connection.

  putBatch(batch: MessageBatch): void {
    while (batch.remaining > 0) {
      const what = batch.take();
      if (what instanceof ZmtpPeer) {
        ({ socketType: this.socketType, identity: this.identity } = what);
        this.#owner.introduced(this);
      } else this.#owner.received(this, what as ZmtpMessage, batch.arrivedMs);
    }
    batch.release();
  }

  close(): void {
    this.#owner.left(this);
    this.connection.sessionLeft();
  }

  suspend(): void {
    // Whoever sends looks at the high-water mark.
  }

  resume(): void {
    this.#owner.resumed(this);
  }
}
