// A program: the members of one room, some of whom talk; counts and verifies what each of them is told.

import { parseArgs } from "node:util";

import type { Socket } from "bun";

import { crowdRoom, RoomLines, sayText } from "./room-lines.ts";

export type CrowdOrder = { readonly kind: "talk"; readonly messages: number } | { readonly kind: "stop" };

export type CrowdNews =
  | { readonly kind: "joined"; readonly members: number }
  | { readonly kind: "told"; readonly run: CrowdRun }
  | { readonly kind: "failed"; readonly why: string };

export interface CrowdRun {
  readonly messages: number;
  /** Messages that members were told; members times messages when none is missing. */
  readonly deliveries: number;
  readonly wrong: number;
  readonly acknowledged: number;
  /** From the first that was sent to the last that the last member was told. */
  readonly seconds: number;
  /** Processor time of this program per second of the run: near 1, it is what is measured. */
  readonly cpuShare: number;
  readonly octets: number;
}

interface CrowdOptions {
  readonly port: number;
  readonly members: number;
  readonly senders: number;
  /** Messages that one sender has sent and not yet seen acknowledged. */
  readonly window: number;
  readonly textBytes: number;
}

/** Members being let in at once, well below the length of a listen queue. */
const joiningMax = 50;
const runTimeoutMs = 120_000;
const lastRepliesMs = 5_000;
const pollMs = 5;

class Member {
  readonly lines: RoomLines;
  readonly joined = Promise.withResolvers<void>();
  acknowledged = 0;
  octets = 0;
  sent = 0;
  #allowed = 0;
  #unsent = "";
  readonly #crowd: Crowd;
  readonly #name: string;
  #socket: Socket<undefined> | undefined;

  constructor(crowd: Crowd, name: string) {
    this.#crowd = crowd;
    this.#name = name;
    this.lines = new RoomLines(crowd.options.textBytes, (line) => this.#answered(line));
  }

  async join(): Promise<void> {
    const lost = (): void => {
      this.joined.reject(new Error("The server closed a connection"));
      this.#crowd.failed(`the server closed the connection of ${this.#name}`);
    };
    this.#socket = await Bun.connect<undefined>({
      hostname: "127.0.0.1",
      port: this.#crowd.options.port,
      socket: {
        data: (_socket, chunk) => this.#received(chunk),
        drain: () => this.#write(""),
        close: lost,
        error: lost,
      },
    });
    this.#socket.setNoDelay(true);
    this.#write(`HELLO ${this.#name}\nJOIN ${crowdRoom}\n`);
    await this.joined.promise;
  }

  /** So many more than it has sent. */
  talk(messages: number): void {
    this.#allowed = this.sent + messages;
    for (let count = 0; count < this.#crowd.options.window; count++) this.#say();
  }

  #say(): void {
    if (this.sent >= this.#allowed) return;
    this.sent++;
    this.#write(`SAY ${crowdRoom} ${sayText(this.#name, this.sent, this.#crowd.options.textBytes)}\n`);
  }

  #write(text: string): void {
    const whole = this.#unsent + text;
    const taken = whole === "" ? 0 : Math.max(0, this.#socket!.write(whole));
    this.#unsent = whole.slice(taken);
  }

  #received(chunk: Buffer): void {
    const before = this.lines.next;
    this.octets += chunk.length;
    this.lines.read(chunk);
    if (this.lines.next !== before) this.#crowd.told(before, this.lines.next);
  }

  #answered(line: string): void {
    if (line.startsWith("SAY:")) {
      this.acknowledged++;
      this.#say();
    } else if (line.startsWith("JOIN:")) this.joined.resolve();
    else if (line.startsWith("ERROR")) this.#crowd.failed(line);
  }
}

class Crowd {
  readonly options: CrowdOptions;
  readonly #members: Member[];
  #target = 0;
  #waiting = 0;
  #finished = Promise.withResolvers<void>();

  constructor(options: CrowdOptions) {
    this.options = options;
    const digits = String(options.members).length;
    const names = Array.from({ length: options.members }, (_, index) => `s${String(index).padStart(digits, "0")}`);
    this.#members = names.map((name) => new Member(this, name));
  }

  async join(): Promise<void> {
    for (let index = 0; index < this.#members.length; index += joiningMax) {
      await Promise.all(this.#members.slice(index, index + joiningMax).map((member) => member.join()));
    }
  }

  /** Each sender says its share; over when every member has been told the last. Numbers begin at 1 in a new room. */
  async talk(messagesWanted: number): Promise<CrowdRun> {
    const senders = this.#members.slice(0, this.options.senders);
    const each = Math.max(1, Math.floor(messagesWanted / senders.length));
    const messages = each * senders.length;
    const before = this.#sums();
    this.#target = Math.max(1, ...this.#members.map(({ lines }) => lines.next)) + messages;
    this.#waiting = this.#members.length;
    this.#finished = Promise.withResolvers<void>();
    Bun.gc(true);
    const timeout = setTimeout(() => this.failed("not all were told in time"), runTimeoutMs);
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    for (const sender of senders) sender.talk(each);
    await this.#finished.promise.finally(() => clearTimeout(timeout));
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    await this.#acknowledged(before.acknowledged + messages);
    const after = this.#sums();
    return {
      messages,
      deliveries: after.deliveries - before.deliveries,
      wrong: after.wrong - before.wrong,
      acknowledged: after.acknowledged - before.acknowledged,
      octets: after.octets - before.octets,
      seconds,
      cpuShare: (cpu.user + cpu.system) / 1_000_000 / seconds,
    };
  }

  told(before: number, next: number): void {
    if (before < this.#target && next >= this.#target) this.#toldAll();
  }

  failed(why: string): void {
    this.#finished.reject(new Error(why));
    report({ kind: "failed", why });
  }

  #toldAll(): void {
    if (--this.#waiting === 0) this.#finished.resolve();
  }

  /** The last acknowledgements come behind the last message: not those of a run in which some never come. */
  async #acknowledged(count: number): Promise<void> {
    for (let waitedMs = 0; waitedMs < lastRepliesMs && this.#sums().acknowledged < count; waitedMs += pollMs) {
      await Bun.sleep(pollMs);
    }
  }

  #sums(): { deliveries: number; wrong: number; acknowledged: number; octets: number } {
    const sum = (of: (member: Member) => number): number =>
      this.#members.reduce((total, member) => total + of(member), 0);
    return {
      deliveries: sum(({ lines }) => lines.messages),
      wrong: sum(({ lines }) => lines.wrong),
      acknowledged: sum(({ acknowledged }) => acknowledged),
      octets: sum(({ octets }) => octets),
    };
  }
}

function report(news: CrowdNews): void {
  process.send?.(news);
}

async function main(): Promise<void> {
  const names = ["port", "members", "senders", "window", "text-bytes"] as const;
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ options });
  const [port, members, senders, window, textBytes] = names.map((name) => Number(values[name]));
  const crowd = new Crowd({
    port: port!,
    members: members!,
    senders: senders!,
    window: window!,
    textBytes: textBytes!,
  });
  process.on("message", (order: CrowdOrder) => {
    if (order.kind === "stop") process.exit(0);
    crowd.talk(order.messages).then(
      (run) => report({ kind: "told", run }),
      () => undefined,
    );
  });
  process.on("disconnect", () => process.exit(0));
  await crowd.join();
  report({ kind: "joined", members: members! });
}

if (import.meta.main) await main();
