// The load of publications: one publisher and its subscribers in one process, as raw sockets that count and verify.

import { systemClock } from "#runtime/base/clock.ts";
import { settlesWithin } from "#runtime/base/settles-within.ts";

import {
  PUBLICATION_PROTOCOLS,
  type PublicationProtocol,
  type PublicationProtocolName,
} from "./messaging-protocols.ts";
import { createRecord, PROBE, RecordReader, TOPIC, writeRecords } from "./messaging-records.ts";
import { LoadStream, type Opening } from "./messaging-stream.ts";
import { obeyLines, ToldProgram } from "./told-program.ts";

export interface PublicationServer {
  readonly protocol: PublicationProtocolName;
  /** Ports. */
  readonly publishers: number;
  readonly subscribers: number;
}

interface Connect extends PublicationServer {
  readonly kind: "connect";
  readonly count: number;
  readonly bodyBytes: number;
}

/** Never more than `window` ahead of the slowest subscriber. */
interface Publish {
  readonly kind: "publish";
  readonly publications: number;
  readonly window: number;
  /** The first subscriber reads one in so many, and nobody waits for it. */
  readonly readsOneIn?: number;
}

type Told = Connect | Publish;

export interface Published {
  readonly publications: number;
  /** Subscribers that are waited for, and what they had, counted where it arrives. */
  readonly subscribers: number;
  readonly deliveries: number;
  readonly wrong: number;
  /** From the first that is written to the last that is read. */
  readonly seconds: number;
  /** Processor time of the load, of one core. */
  readonly cpuShare: number;
  /** Of the one that reads less: what it had, numbers that it has not seen, and how many there were in the end. */
  readonly slow?: { readonly received: number; readonly lost: number; readonly published: number };
}

/** Parts of the window that are written at once. */
const PARTS = 4;
const PROBE_EVERY_MS = 20;
const OPEN_WITHIN_MS = 10_000;
const RUN_WITHIN_MS = 120_000;
const CATCH_UP_EVERY_MS = 20;

/** The role "publications" of the experiment. */
export async function carryPublications(_words: readonly string[], lines: AsyncIterable<string>): Promise<void> {
  let load: PublicationLoad | undefined;
  await obeyLines<Told, Published | undefined>(lines, async (told) => {
    if (told.kind === "publish") return await load?.run(told);
    load = await PublicationLoad.connect(told);
    return undefined;
  });
}

interface Subscriber {
  readonly stream: LoadStream;
  readonly reader: RecordReader;
}

class PublicationLoad {
  readonly #protocol: PublicationProtocol;
  readonly #bodyBytes: number;
  readonly #record: Buffer;
  readonly #headBytes: number;
  readonly #lost = Promise.withResolvers<never>();
  #publisher: LoadStream | undefined;
  readonly #subscribers: Subscriber[] = [];
  /** Told of who has had something. */
  #heard: (subscriber: Subscriber) => void = () => undefined;
  #lastNumber = PROBE;

  private constructor({ protocol, bodyBytes }: Connect) {
    this.#protocol = PUBLICATION_PROTOCOLS[protocol];
    this.#bodyBytes = bodyBytes;
    const envelope = this.#protocol.published(TOPIC, bodyBytes);
    this.#record = createRecord(envelope, bodyBytes);
    this.#headBytes = envelope.head.length;
    this.#lost.promise.catch(() => undefined);
  }

  /** Resolves when each subscriber is told what is published. */
  static async connect(told: Connect): Promise<PublicationLoad> {
    const load = new PublicationLoad(told);
    load.#publisher = await load.#open(told.publishers, load.#protocol.publisher, () => undefined);
    for (let index = 0; index < told.count; index++) await load.#subscribe(told.subscribers);
    const isHeard = (): boolean => load.#subscribers.every(({ reader }) => reader.probes > 0);
    await load.#within(OPEN_WITHIN_MS, "Not all subscribers were told", async () => {
      while (!isHeard()) {
        load.#publisher?.send(load.#records(PROBE, 1));
        await Bun.sleep(PROBE_EVERY_MS);
      }
    });
    return load;
  }

  async #subscribe(port: number): Promise<void> {
    const { aside, subscriber: opening, ...protocol } = this.#protocol;
    const envelope = protocol.delivered(TOPIC, this.#bodyBytes);
    const reader = new RecordReader({
      record: createRecord(envelope, this.#bodyBytes),
      headBytes: envelope.head.length,
      ...(aside && { aside: { said: aside.said, answer: () => subscriber.stream.send(aside.reply) } }),
    });
    const stream = await this.#open(port, opening, (chunk) => {
      reader.read(chunk);
      this.#heard(subscriber);
    });
    const subscriber: Subscriber = { stream, reader };
    stream.send(protocol.subscription(TOPIC));
    this.#subscribers.push(subscriber);
  }

  #open(port: number, opening: Opening, heard: (chunk: Buffer) => void): Promise<LoadStream> {
    const lost = (): void => this.#lost.reject(new Error("The server closed a connection"));
    return LoadStream.open({ port, opening, heard, lost });
  }

  async run(told: Publish): Promise<Published> {
    const [slow] = told.readsOneIn === undefined ? [] : this.#subscribers;
    const waitedFor = this.#subscribers.filter((subscriber) => subscriber !== slow);
    for (const { reader } of this.#subscribers) reader.restart();
    const before = this.#lastNumber;
    Bun.gc(true);
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    await this.#within(RUN_WITHIN_MS, "Not all publications came", () => this.#publish(told, waitedFor, slow));
    const seconds = (performance.now() - startedMs) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    const deliveries = sumOf(waitedFor, ({ received }) => received);
    if (slow !== undefined) await this.#catchUp(slow);
    return {
      publications: told.publications,
      subscribers: waitedFor.length,
      deliveries,
      wrong: sumOf(this.#subscribers, ({ wrong }) => wrong) + sumOf(waitedFor, ({ lost }) => lost),
      seconds,
      cpuShare: (cpu.user + cpu.system) / 1e6 / seconds,
      ...(slow && {
        slow: { received: slow.reader.received, lost: slow.reader.lost, published: this.#lastNumber - before },
      }),
    };
  }

  /** Resolves when all who are waited for have the last one. */
  async #publish(told: Publish, waitedFor: readonly Subscriber[], slow: Subscriber | undefined): Promise<void> {
    const { publications, window, readsOneIn = 1 } = told;
    const start = this.#lastNumber;
    const end = start + publications;
    const batch = Math.max(1, Math.floor(window / PARTS));
    const finished = Promise.withResolvers<void>();
    const pump = (): void => {
      const slowest = Math.min(...waitedFor.map(({ reader }) => reader.next)) - 1;
      while (this.#lastNumber < end && this.#lastNumber - slowest + batch <= window) {
        this.#send(Math.min(batch, end - this.#lastNumber));
      }
      if (slow !== undefined) slow.stream.isPaused = slow.reader.received * readsOneIn > this.#lastNumber - start;
      if (slowest >= end) finished.resolve();
    };
    // Nothing changes for the publisher before somebody has a part more.
    const parts = new Map<Subscriber, number>();
    this.#heard = (subscriber) => {
      const taken = subscriber.reader.next - 1;
      const part = taken === end ? -1 : Math.floor((taken - start) / batch);
      if (parts.get(subscriber) === part) return;
      parts.set(subscriber, part);
      pump();
    };
    pump();
    await finished.promise;
    this.#heard = () => undefined;
  }

  /** More is published until it has one that is the last: then what is missing before it is known. */
  async #catchUp({ stream, reader }: Subscriber): Promise<void> {
    stream.isPaused = false;
    await this.#within(RUN_WITHIN_MS, "The slow subscriber did not catch up", async () => {
      while (reader.next <= this.#lastNumber) {
        await Bun.sleep(CATCH_UP_EVERY_MS);
        this.#send(1);
        await Bun.sleep(CATCH_UP_EVERY_MS);
      }
    });
  }

  async #within(waitMs: number, otherwise: string, act: () => Promise<void>): Promise<void> {
    if (!(await settlesWithin(systemClock, Promise.race([act(), this.#lost.promise]), waitMs)))
      throw new Error(otherwise);
  }

  #send(count: number): void {
    this.#publisher?.send(this.#records(this.#lastNumber + 1, count));
    this.#lastNumber += count;
  }

  #records(first: number, count: number): Buffer {
    return writeRecords(this.#record, this.#headBytes, first, count);
  }
}

function sumOf(subscribers: readonly Subscriber[], of: (reader: RecordReader) => number): number {
  return subscribers.reduce((sum, { reader }) => sum + of(reader), 0);
}

/** Starts such a load; `program` is the experiment. */
export class PublicationsProgram implements AsyncDisposable {
  readonly #program: ToldProgram<Told, Published | Record<string, never>>;

  private constructor(program: string) {
    this.#program = new ToldProgram("the publications", [process.execPath, program, "publications"]);
  }

  /** Resolves when each subscriber is told what is published; publications have bodies of so many octets. */
  static async connect(
    program: string,
    { protocol, publishers, subscribers }: PublicationServer,
    { count, bodyBytes }: Pick<Connect, "count" | "bodyBytes">,
  ): Promise<PublicationsProgram> {
    const load = new PublicationsProgram(program);
    await load.#program.tell({ kind: "connect", protocol, publishers, subscribers, count, bodyBytes });
    return load;
  }

  async run(told: Omit<Publish, "kind">): Promise<Published> {
    return (await this.#program.tell({ kind: "publish", ...told })) as Published;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
