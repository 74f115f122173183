// Two channels and a path between them that loses, repeats, delays, reorders and garbles, in a time of its own.
import { createRandom, type Random } from "../base/random.ts";
import { limits } from "../limits.ts";
import { type ChannelOptions, DatagramChannel } from "./channel.ts";
import type { Lane } from "./frames.ts";
import type { ConnectionId } from "./packet-header.ts";
import type { SecretRandom } from "./secrets.ts";

/** Each a chance from 0 to 1 unless it says otherwise. */
export interface Faults {
  readonly delayMs: number;
  readonly jitterMs?: number;
  readonly loss?: number;
  readonly duplication?: number;
  /** Such a packet is three times as long on its way. */
  readonly reordering?: number;
  readonly corruption?: number;
  /** Nothing passes from the first to the second time. */
  readonly blackoutMs?: readonly [from: number, to: number];
}

export interface Arrived {
  readonly lane: Lane;
  readonly text: string;
  readonly atMs: number;
}

interface Flying {
  readonly atMs: number;
  readonly to: End;
  readonly packet: Uint8Array;
}

export class End {
  readonly channel: DatagramChannel;
  readonly arrived: Arrived[] = [];
  /** False: messages stay where they are. */
  taking = true;
  /** The most that it has held, and had on its way. */
  heldMaxBytes = 0;
  inFlightMaxPackets = 0;

  constructor(options: ChannelOptions) {
    this.channel = new DatagramChannel(options);
  }

  say(text: string, lane: Lane = 0): string {
    return this.channel.send(Buffer.from(text), lane);
  }

  texts(lane: Lane): readonly string[] {
    return this.arrived.filter((message) => message.lane === lane).map(({ text }) => text);
  }
}

const STEPS_WITHOUT_TIME_MAX = 50_000;
export const someId = 0x1234_5678_9abc as ConnectionId;

export function seededSecrets(seed: number): SecretRandom {
  const random = createRandom(seed);
  return {
    drawInto(octets) {
      for (let index = 0; index < octets.length; index++) octets[index] = Math.floor(random.next() * 256);
    },
  };
}

export class TestNetwork {
  readonly left: End;
  readonly right: End;
  faults: Faults;
  nowMs = 0;
  readonly #random: Random;
  readonly #flying: Flying[] = [];
  readonly #later: { readonly atMs: number; readonly act: () => void }[] = [];
  readonly #packet = new Uint8Array(limits.datagramBytesMax);

  constructor(seed: number, faults: Faults, options: Partial<ChannelOptions> = {}) {
    const profile = { local: true, quick: false };
    const both = { id: someId, profile, nowMs: 0, ...options };
    this.#random = createRandom(seed);
    this.faults = faults;
    this.left = new End({ random: seededSecrets(seed), ...both });
    this.right = new End({ random: seededSecrets(seed + 1), ...both });
  }

  at(atMs: number, act: () => void): void {
    insert(this.#later, { atMs, act });
  }

  /** Until nothing would happen before that time. */
  run(untilMs: number): void {
    this.#flush();
    for (let steps = 0, lastMs = this.nowMs; ; steps++) {
      const nextMs = this.#nextMs();
      if (nextMs > untilMs) break;
      if (nextMs > lastMs) steps = 0;
      if (steps > STEPS_WITHOUT_TIME_MAX) throw new Error(`Time stands still at ${nextMs}`);
      lastMs = Math.max(lastMs, nextMs);
      this.nowMs = lastMs;
      this.#step();
    }
    this.nowMs = untilMs;
  }

  take(end: End): void {
    for (let message = end.channel.take(this.nowMs); message; message = end.channel.take(this.nowMs)) {
      const text = Buffer.from(message.bytes).toString();
      end.arrived.push({ lane: message.lane, text, atMs: this.nowMs });
    }
  }

  #nextMs(): number {
    const wakeMs = Math.min(this.left.channel.nextTimeMs(), this.right.channel.nextTimeMs());
    return Math.min(this.#flying[0]?.atMs ?? Infinity, this.#later[0]?.atMs ?? Infinity, wakeMs);
  }

  #step(): void {
    while ((this.#later[0]?.atMs ?? Infinity) <= this.nowMs) this.#later.shift()?.act();
    while ((this.#flying[0]?.atMs ?? Infinity) <= this.nowMs) {
      const { to, packet } = this.#flying.shift() as Flying;
      to.channel.received(packet, this.nowMs);
      to.heldMaxBytes = Math.max(to.heldMaxBytes, to.channel.health.heldBytes);
      if (to.taking) this.take(to);
    }
    this.#flush();
  }

  #flush(): void {
    for (const from of [this.left, this.right]) {
      let length = from.channel.nextPacket(this.nowMs, this.#packet);
      while (length > 0) {
        from.inFlightMaxPackets = Math.max(from.inFlightMaxPackets, from.channel.health.inFlightPackets);
        this.#carry(from === this.left ? this.right : this.left, this.#packet.slice(0, length));
        length = from.channel.nextPacket(this.nowMs, this.#packet);
      }
    }
  }

  #carry(to: End, packet: Uint8Array): void {
    const {
      loss = 0,
      duplication = 0,
      reordering = 0,
      corruption = 0,
      delayMs,
      jitterMs = 0,
      blackoutMs,
    } = this.faults;
    const [from, until] = blackoutMs ?? [Infinity, Infinity];
    if (this.#chance(loss) || (this.nowMs >= from && this.nowMs < until)) return;
    if (this.#chance(corruption)) this.#garble(packet);
    const copies = this.#chance(duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const way = delayMs * (this.#chance(reordering) ? 3 : 1) + this.#random.next() * jitterMs;
      insert(this.#flying, { atMs: this.nowMs + way, to, packet });
    }
  }

  #garble(packet: Uint8Array): void {
    const offset = Math.floor(this.#random.next() * packet.length);
    packet[offset] = (packet[offset] as number) ^ (1 + Math.floor(this.#random.next() * 255));
  }

  #chance(probability: number): boolean {
    return probability > 0 && this.#random.next() < probability;
  }
}

/** By time, and behind what is there for the same time. */
function insert<Item extends { readonly atMs: number }>(items: Item[], item: Item): void {
  let index = items.length;
  while (index > 0 && (items[index - 1] as Item).atMs > item.atMs) index--;
  items.splice(index, 0, item);
}
