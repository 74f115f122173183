// One peer that speaks the reliable datagram protocol: its channel, the address it is at, and when its packets leave.
import { Timer, type TimerOwner } from "../base/timer-wheel.ts";
import type { SharedMessage } from "../core/ports.ts";
import type { DatagramChannel } from "../datagrams/channel.ts";
import { closeCode } from "../datagrams/close-codes.ts";
import { packMessage } from "../datagrams/compression.ts";
import type { Ended } from "../datagrams/ending.ts";
import { limits } from "../limits.ts";
import type { ConnectionHost, StepParticipant } from "./connection-host.ts";
import type { MessageConnection } from "./message-connection.ts";
import { type MessageOutlet, NOT_TAKEN } from "./message-outlet.ts";
import type { DatagramOutlet } from "./udp-port.ts";

/** Where a peer is. */
export interface UdpAddress {
  readonly address: string;
  readonly port: number;
}

export interface DatagramPeerOptions {
  readonly channel: DatagramChannel;
  readonly port: DatagramOutlet;
  readonly at: UdpAddress;
  /** Called once: there is nothing more to be said to it. */
  readonly left: () => void;
}

const LINE_ENDING = /\r?\n$/;
/** Packets are written here one after the other. */
const PACKET = Buffer.alloc(limits.datagramBytesMax);
const CODES: ReadonlyMap<string, number> = new Map([
  ["shutdown", closeCode.shutdown],
  ["idle_timeout", closeCode.idle],
]);

export class DatagramPeer implements MessageOutlet, StepParticipant, TimerOwner {
  readonly transport = "datagram";
  connection!: MessageConnection;
  readonly channel: DatagramChannel;
  readonly #port: DatagramOutlet;
  readonly #host: ConnectionHost;
  readonly #left: () => void;
  readonly #timer = new Timer(this);
  /** Messages may wait in the channel for room in the session's mailbox. */
  holding = false;
  #at: UdpAddress;
  /** Where its packets have begun to come from, and whether it receives there is not proven yet. */
  #candidate: UdpAddress | undefined;
  #touched = false;
  #dropped = false;
  #gone = false;

  constructor({ channel, port, at, left }: DatagramPeerOptions, host: ConnectionHost) {
    this.channel = channel;
    this.#port = port;
    this.#at = at;
    this.#host = host;
    this.#left = left;
  }

  get remoteAddress(): string {
    return this.#at.address;
  }

  get remotePort(): number {
    return this.#at.port;
  }

  get queuedBytes(): number {
    return this.channel.state === "open" ? this.channel.queuedBytes : 0;
  }

  received(packet: Buffer, from: UdpAddress): void {
    const nowMs = this.#host.clock.monotonicMs();
    const isAtHome = isSame(from, this.#at);
    // What comes from elsewhere again is no credit for the candidate.
    const receipt = this.channel.received(packet, nowMs, isSame(from, this.#candidate) ? "candidate" : "proven");
    if (receipt === "moved" && this.#candidate !== undefined) {
      this.#at = this.#candidate;
      this.#candidate = undefined;
    } else if (receipt === "taken" && !isAtHome && !isSame(from, this.#candidate)) {
      this.#candidate = from;
      this.channel.addressChanged(packet.length, nowMs);
    }
    this.#handOn(nowMs);
    this.touch();
  }

  roomAgain(): void {
    if (!this.holding) return;
    this.#handOn(this.#host.clock.monotonicMs());
    this.touch();
  }

  send(text: string): number {
    const octets = Buffer.from(text.replace(LINE_ENDING, ""));
    this.touch();
    return this.channel.send(octets, 0) === "full" ? NOT_TAKEN : octets.length;
  }

  sendShared(message: SharedMessage): number {
    const octets = message.encodedFor(DatagramPeer, () => packShared(message.value as string));
    this.touch();
    const packed = { compressed: octets[0] === 1, wire: octets.subarray(1) };
    return this.channel.sendPacked(packed, 0) === "full" ? NOT_TAKEN : packed.wire.length;
  }

  finish(reason: string): boolean {
    this.channel.finish(CODES.get(reason) ?? closeCode.done, reason);
    if (!this.#gone) this.touch();
    return this.#gone;
  }

  /** One close leaves; whoever does not hear it is told that it is gone when it speaks again. */
  drop(reason: string): void {
    if (this.#gone) return;
    this.#dropped = true;
    this.channel.close(CODES.get(reason) ?? closeCode.application, reason, this.#host.clock.monotonicMs());
    this.touch();
  }

  timerFired(): void {
    this.touch();
  }

  stepEnded(): void {
    this.#touched = false;
    if (!this.#gone) this.#flush();
  }

  failed(error: Error): void {
    const wasDropped = this.#dropped;
    this.#host.failed(this.connection, error);
    this.connection.abort("net.fault");
    if (wasDropped) this.#leave();
  }

  /** Its packets leave when the turns of this step are over. */
  touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    this.#host.touched(this);
  }

  /** What the session has no room for stays in the channel, and keeps its window shut. */
  #handOn(nowMs: number): void {
    this.holding = true;
    while (this.connection.room > 0) {
      const message = this.channel.take(nowMs);
      if (message === undefined) {
        this.holding = false;
        return;
      }
      this.connection.received(Buffer.from(message.bytes).toString("utf8"), message.bytes.length);
    }
  }

  #flush(): void {
    const nowMs = this.#host.clock.monotonicMs();
    for (let bytes = this.#next(nowMs); bytes > 0; bytes = this.#next(nowMs)) {
      const to = this.channel.packetTo === "proven" ? this.#at : (this.#candidate ?? this.#at);
      this.#port.queue(Buffer.from(PACKET.subarray(0, bytes)), to.port, to.address);
    }
    const { ended, state } = this.channel;
    if (ended === undefined) this.connection.drained();
    else if (ended.by === "peer") this.connection.peerFinished("close");
    else this.connection.peerGone(endReason(ended));
    if (this.#dropped || state === "closed" || state === "lost") return this.#leave();
    const dueMs = this.channel.nextTimeMs();
    if (dueMs < Number.POSITIVE_INFINITY) this.#host.wheel.armAt(this.#timer, dueMs);
    else this.#host.wheel.disarm(this.#timer);
  }

  #next(nowMs: number): number {
    return this.channel.nextPacket(nowMs, PACKET);
  }

  #leave(): void {
    this.#gone = true;
    this.#host.wheel.disarm(this.#timer);
    this.#left();
    this.connection.left();
  }
}

function packShared(text: string): Uint8Array {
  const { wire, compressed } = packMessage(Buffer.from(text.replace(LINE_ENDING, "")));
  const octets = new Uint8Array(1 + wire.length);
  octets[0] = compressed ? 1 : 0;
  octets.set(wire, 1);
  return octets;
}

function endReason({ by, code }: Ended): string {
  if (by === "silence") return "keep_alive_timeout";
  if (by === "gone") return "disconnect";
  const fault = Object.entries(closeCode).find(([, each]) => each === code)?.[0] ?? "closed";
  return `datagram.${fault.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

function isSame(one: UdpAddress, other: UdpAddress | undefined): boolean {
  return other !== undefined && one.port === other.port && one.address === other.address;
}
