// The client's end of the reliable datagram protocol over a socket of its own: dials, then carries texts both ways.
import { type Clock, systemClock } from "../base/clock.ts";
import { RuntimeError } from "../core/errors.ts";
import type { ChannelHealth } from "../datagrams/channel-health.ts";
import { DatagramChannel } from "../datagrams/channel.ts";
import { closeCode } from "../datagrams/close-codes.ts";
import { DatagramDialer } from "../datagrams/dialer.ts";
import type { Ended } from "../datagrams/ending.ts";
import type { Lane } from "../datagrams/frames.ts";
import type { Profile } from "../datagrams/profile.ts";
import { type SecretRandom, systemSecrets } from "../datagrams/secrets.ts";
import { limits } from "../limits.ts";
import { UdpPort } from "./udp-port.ts";

export interface DatagramClientOptions {
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  readonly profile: Profile;
  /** Until dialling is given up; `limits.datagramDialTimeoutMs` unless given. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly random?: SecretRandom;
  received(text: string): void;
  /** It is over, once: closed by either side, or nothing was heard for too long. */
  ended(why: Ended): void;
}

export class DatagramClient {
  readonly #options: DatagramClientOptions;
  readonly #clock: Clock;
  readonly #random: SecretRandom;
  readonly #packet = Buffer.alloc(limits.datagramBytesMax);
  readonly #dialer: DatagramDialer;
  readonly #dialled = Promise.withResolvers<void>();
  #port: UdpPort | undefined;
  #channel: DatagramChannel | undefined;
  #cancelTimer: () => void = () => undefined;
  #over = false;
  #going = false;

  private constructor(options: DatagramClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemSecrets;
    const { profile, timeoutMs = limits.datagramDialTimeoutMs } = options;
    const nowMs = this.#clock.monotonicMs();
    this.#dialer = new DatagramDialer({ random: this.#random, profile, nowMs, timeoutMs });
  }

  /** Rejects with `net.no_answer`, `net.refused`, or what the socket cannot. */
  static async connect(options: DatagramClientOptions): Promise<DatagramClient> {
    const client = new DatagramClient(options);
    const isSix = options.address.includes(":");
    client.#port = await UdpPort.open(isSix ? "::" : "0.0.0.0", 0, client.#clock, {
      received: (octets) => client.#received(octets),
      failed: (error) => client.#failed(error),
      queued: () => undefined,
    });
    client.#go();
    await client.#dialled.promise;
    return client;
  }

  /** Octets not acknowledged, with their cost. */
  get queuedBytes(): number {
    return this.#channel?.queuedBytes ?? 0;
  }

  get health(): ChannelHealth | undefined {
    return this.#channel?.health;
  }

  get figures(): DatagramChannel["figures"] | undefined {
    return this.#channel?.figures;
  }

  /** False where it is not taken: too much waits, or it is over. In the order of sending, unless `lane` is 1. */
  send(text: string, lane: Lane = 0): boolean {
    if (this.#over) return false;
    const isTaken = this.#channel?.send(Buffer.from(text), lane) === "queued";
    this.#go();
    return isTaken;
  }

  /** Closes when everything sent has been acknowledged. */
  finish(): void {
    this.#channel?.finish(closeCode.done, "");
    this.#go();
  }

  /** Gives the socket back at once; nobody is told. */
  drop(): void {
    this.#over = true;
    this.#cancelTimer();
    this.#port?.close();
  }

  #received(octets: Buffer): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#channel === undefined) this.#dialAnswered(octets, nowMs);
    else this.#channel.received(octets, nowMs);
    this.#go();
  }

  #dialAnswered(octets: Buffer, nowMs: number): void {
    this.#dialer.received(octets, nowMs);
    const { accepted, refusal } = this.#dialer;
    if (refusal !== undefined) this.#giveUp("net.refused", `the server refuses, with reason ${refusal}`);
    if (accepted === undefined) return;
    this.#channel = new DatagramChannel({ ...accepted, random: this.#random, nowMs });
    this.#dialled.resolve();
  }

  /** A bug of whoever takes the messages: it is theirs to hear of it, and the connection goes on. */
  #failed(error: unknown): void {
    if (this.#channel === undefined) return this.#dialled.reject(error);
    this.#go();
    this.#clock.soon(() => {
      throw error;
    });
  }

  /**
   * Hands on what has come, sends what may leave, and sets the time to look again. What is sent meanwhile by whoever
   * takes the messages leaves with the rest.
   */
  #go(): void {
    if (this.#over || this.#going || this.#port === undefined) return;
    this.#going = true;
    try {
      this.#goOn(this.#port);
    } finally {
      this.#going = false;
    }
  }

  #goOn(port: UdpPort): void {
    const nowMs = this.#clock.monotonicMs();
    const dueMs = this.#channel === undefined ? this.#dial(nowMs) : this.#exchange(this.#channel, nowMs);
    port.flush();
    this.#cancelTimer();
    if (this.#over || dueMs === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.#clock.after(Math.max(0, dueMs - nowMs), () => this.#go());
  }

  #dial(nowMs: number): number {
    const packet = this.#dialer.nextPacket(nowMs);
    if (packet !== undefined) this.#port?.queue(packet, this.#options.port, this.#options.address);
    if (this.#dialer.state === "timed_out") this.#giveUp("net.no_answer", "nobody answers there");
    return this.#dialer.nextTimeMs();
  }

  #exchange(channel: DatagramChannel, nowMs: number): number {
    for (let message = channel.take(nowMs); message !== undefined && !this.#over; message = channel.take(nowMs)) {
      this.#options.received(Buffer.from(message.bytes).toString("utf8"));
    }
    for (let bytes = channel.nextPacket(nowMs, this.#packet); bytes > 0;) {
      this.#port?.queue(Buffer.from(this.#packet.subarray(0, bytes)), this.#options.port, this.#options.address);
      bytes = channel.nextPacket(nowMs, this.#packet);
    }
    const { state, ended } = channel;
    if (!this.#over && ended !== undefined && (state === "closed" || state === "lost")) this.#end(ended);
    return channel.nextTimeMs();
  }

  #end(ended: Ended): void {
    this.#port?.flush();
    this.drop();
    this.#options.ended(ended);
  }

  #giveUp(code: "net.no_answer" | "net.refused", why: string): void {
    this.drop();
    const { address, port } = this.#options;
    this.#dialled.reject(new RuntimeError(code, `Cannot connect to ${address}:${port} (UDP): ${why}`));
  }
}
