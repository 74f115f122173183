// A world of servers that elect a coordinator while all that can go wrong does; it says which promise is broken.
import { sponsorRankOf } from "./epoch.ts";
import { majorityOf } from "./majority.ts";
import type { Member } from "./members.ts";
import type { Answer, Ask, Effect, ElectionMemory, Request } from "./messages.ts";
import { createChance, TestNetwork, TestTime } from "./test-election-network.ts";
import { type Surroundings, TestServer, TIMES } from "./test-election-server.ts";

export interface Plan {
  readonly seed: number;
  /** The reference lists all servers for good; otherwise those it hears of, and it may give a rank anew. */
  readonly isListFixed: boolean;
  /** By rank, from 1: `v` for a server that votes, `f` for a foreign one. By chance where it is not given. */
  readonly kinds?: string;
  /** What is wrong on purpose. */
  readonly plant?: "forgets" | "ignores its lease" | "obeys everybody" | "announces two" | "knows no chance";
}

/** In ticks: who has been silent so long is not listed any more. */
export const EXPIRY = 6 * TIMES.heartbeatMs;
const INSTRUCTIONS_EVERY = 25;
const SERVERS_MAX = 7;
/** The place of it. */
export const REFERENCE = SERVERS_MAX;
const FORGOTTEN: ElectionMemory = { promised: 0, ownCounter: 0, accepted: undefined };

export class ElectionWorld implements Surroundings {
  readonly plan: Plan;
  readonly chance: () => number;
  /** That of its servers. */
  readonly random: () => number;
  readonly time = new TestTime();
  readonly network: TestNetwork;
  readonly servers: readonly TestServer[];
  /** The first promise that was found broken. */
  violation: string | undefined = undefined;
  /** Nothing more goes wrong. */
  isCalm = false;
  readonly #coordinators = new Map<number, string>();
  readonly #votes = new Map<number, Set<string>>();
  /** When the reference heard last of each. */
  readonly #heardAt = new Map<string, number>();
  #list: readonly Member[] = [];

  constructor(plan: Plan) {
    this.plan = plan;
    this.chance = createChance(plan.seed);
    this.random = plan.plant === "knows no chance" ? () => 0 : this.chance;
    this.network = new TestNetwork(this.time, this.chance);
    this.servers = Array.from(plan.kinds ?? this.#kinds(), (kind, place) => {
      const isSlow = plan.plant === "ignores its lease" && this.chance() < 0.5;
      const clockRate = isSlow ? 0.2 : 1 + (this.chance() * 2 - 1) / 100;
      return new TestServer(this, place, kind === "v", clockRate);
    });
    if (plan.isListFixed) this.#list = this.servers.map((server) => memberOf(server, server.place + 1));
    for (const server of this.servers) this.start(server);
    this.#instruct();
  }

  below(count: number): number {
    return Math.floor(this.chance() * count);
  }

  start(server: TestServer): void {
    if (server.isUp) return;
    server.start();
    this.#register(server, server.life);
  }

  crash(server: TestServer, isMemoryLost: boolean): void {
    server.crash();
    if (isMemoryLost) server.loseMemory();
    else if (this.plan.plant === "forgets" && server.votes) server.memory = FORGOTTEN;
  }

  /** Nothing of it happens until it resumes; then comes first what it was about to say. */
  pause(server: TestServer): void {
    if (!server.isUp || server.isPaused) return;
    const epoch = server.election?.actingEpoch(server.nowMs);
    server.isPaused = true;
    if (epoch !== undefined) server.run(() => this.#instructFrom(server, epoch));
  }

  /** Undefined: all that live follow the highest of them, but for those that are damped. */
  disagreement(): string | undefined {
    const living = this.servers.filter(({ isUp }) => isUp);
    const elections = living.flatMap(({ election }) => election ?? []);
    const [{ coordinator = "nobody", epoch = 0 } = {}] = elections;
    if (elections.length === 0) return undefined;
    const isShared = elections.every((each) => each.coordinator === coordinator && each.epoch === epoch);
    if (!isShared) return elections.map((each) => `${each.coordinator}@${each.epoch}`).join(" ");
    const rank = this.#list.find(({ name }) => name === coordinator)?.rank ?? Number.POSITIVE_INFINITY;
    const sponsor = this.#list.find((member) => member.rank === sponsorRankOf(epoch))?.name;
    const above = this.#list.filter((member) => member.rank > rank && living.some(({ name }) => name === member.name));
    const wronged = above.find((member) => !this.#isDamped(member, sponsor));
    if (wronged !== undefined) return `${coordinator} is followed though ${wronged.name} is above it`;
    return living.some(({ name }) => name === coordinator) ? undefined : `${coordinator} is followed`;
  }

  sends(server: TestServer, ask: Ask): void {
    const { life, place, name } = server;
    const tell = (from: number, message: Answer | undefined): void =>
      this.network.send(from, place, () => {
        if (server.life !== life) return;
        server.run(() =>
          server.step(message ? { kind: "answer", ask, message } : { kind: "unreachable", name: ask.to }),
        );
      });
    const other = this.servers.find((each) => each.name === ask.to);
    if (other === undefined) return;
    // Its machine may be gone too, and then nobody says so.
    if (!other.isUp) return this.chance() < 0.5 ? tell(place, undefined) : undefined;
    const message = this.plan.plant === "announces two" ? this.#falsified(ask.message) : ask.message;
    this.network.send(place, other.place, () =>
      other.run(() => {
        const reply = other.serve(name, message);
        if (reply !== undefined) tell(other.place, reply);
      }),
    );
  }

  sees(server: TestServer, effect: Effect): void {
    if (effect.kind === "remember") this.#checkMemory(server, effect.memory);
    else if (effect.kind === "reply") this.#checkReply(server, effect.message);
    else if (effect.kind === "announce") this.#checkElection(server, effect);
  }

  /** Whether its sponsor will not have it, or so many of those that vote that no majority is left. */
  #isDamped({ name, votes }: Member, sponsor: string | undefined): boolean {
    const voters = this.servers.filter((server) => server.votes);
    const dampers = voters.filter(({ election, nowMs }) => election?.isDamped(name, nowMs) === true);
    const isBlocked = votes && voters.length - dampers.length < majorityOf(voters.length);
    return isBlocked || dampers.some((server) => server.name === sponsor);
  }

  #kinds(): string {
    const count = this.chance() < 0.5 ? 3 : 2 + this.below(SERVERS_MAX - 1);
    const voter = this.below(count);
    return Array.from({ length: count }, (_, place) => (place === voter || this.chance() < 0.85 ? "v" : "f")).join("");
  }

  /** Half of the announcements are of a foreign server, whoever has been voted for. */
  #falsified(message: Request): Request {
    const foreign = this.servers.find(({ votes }) => !votes)?.name;
    const isFalsified = message.kind === "announcement" && foreign !== undefined && this.chance() < 0.5;
    return isFalsified ? { ...message, coordinator: foreign } : message;
  }

  /** It gets the list whenever it can reach the reference; one that is fixed once only. */
  #register(server: TestServer, life: number): void {
    if (server.life !== life) return;
    const { isListFixed } = this.plan;
    server.run(() => {
      if (this.network.isCut(server.place, REFERENCE) || this.network.isCut(REFERENCE, server.place)) return;
      if (!isListFixed) this.#hear(server);
      server.list = this.#list;
      server.step({ kind: "known", members: this.#list });
    });
    if (isListFixed && server.list.length > 0) return;
    this.time.at(this.time.now + TIMES.heartbeatMs, () => this.#register(server, life));
  }

  /** The smallest free rank for a new name, the same for one that is known still. */
  #hear(server: TestServer): void {
    const { now } = this.time;
    this.#heardAt.set(server.name, now);
    const known = this.#list.filter(({ name }) => now - (this.#heardAt.get(name) ?? 0) < EXPIRY);
    const isNew = known.every(({ name }) => name !== server.name);
    if (!isNew && known.length === this.#list.length) return;
    let rank = 1;
    while (known.some((member) => member.rank === rank)) rank++;
    this.#list = isNew ? [...known, memberOf(server, rank)] : known;
  }

  /** Whoever may act gives instructions. */
  #instruct(): void {
    for (const server of this.servers) {
      if (server.isPaused) continue;
      const epoch = server.election?.actingEpoch(server.nowMs);
      if (epoch !== undefined) this.#instructFrom(server, epoch);
    }
    this.time.at(this.time.now + INSTRUCTIONS_EVERY, () => this.#instruct());
  }

  #instructFrom({ place, name }: TestServer, epoch: number): void {
    for (const other of this.servers) {
      if (other.place === place) continue;
      this.network.send(place, other.place, () => other.run(() => this.#checkInstruction(other, epoch, name)));
    }
  }

  #checkInstruction({ name, election, remembered }: TestServer, epoch: number, from: string): void {
    if (election === undefined) return;
    if (this.plan.plant !== "obeys everybody" && election.instructionRefusal(epoch, from) !== undefined) return;
    const { accepted, promised = 0 } = remembered ?? {};
    const isAccepted = accepted?.epoch === epoch && accepted.coordinator === from;
    if (!isAccepted || epoch < promised) this.#broken(`${name} obeys ${from}@${epoch}`);
  }

  #checkMemory(server: TestServer, memory: ElectionMemory): void {
    const { name, remembered: before } = server;
    server.remembered = memory;
    if (memory.promised < (before?.promised ?? 0)) this.#broken(`${name} forgets that it has promised`);
    const { epoch, coordinator } = memory.accepted ?? { epoch: 0, coordinator: "" };
    if (epoch < (before?.accepted?.epoch ?? 0)) this.#broken(`${name} forgets what it has accepted`);
    const other = this.#coordinators.get(epoch) ?? coordinator;
    if (other !== coordinator) this.#broken(`${name} accepts ${coordinator}@${epoch}, but it is ${other}'s`);
    this.#coordinators.set(epoch, coordinator);
  }

  #checkReply(server: TestServer, message: Answer): void {
    if (message.kind !== "vote" || !message.granted) return;
    const { name, votedIn } = server;
    const { epoch } = message;
    if (epoch <= votedIn) this.#broken(`${name} votes in ${epoch} after ${votedIn}`);
    server.votedIn = epoch;
    const votes = this.#votes.get(epoch) ?? new Set();
    this.#votes.set(epoch, votes.add(name));
  }

  #checkElection(server: TestServer, { epoch, votes }: Extract<Effect, { kind: "announce" }>): void {
    const given = this.#votes.get(epoch);
    const known = server.list.filter((member) => member.votes && member.name !== server.name).length + 1;
    const isGiven = votes.every((name) => name === server.name || given?.has(name) === true);
    if (!isGiven || votes.length < majorityOf(known)) this.#broken(`${server.name} is elected by ${votes.join(" ")}`);
    for (const other of this.plan.isListFixed ? this.servers : []) {
      if (other !== server && other.election?.actingEpoch(other.nowMs) !== undefined) {
        this.#broken(`${server.name} is elected while ${other.name} acts`);
      }
    }
  }

  #broken(promise: string): void {
    this.violation ??= `${promise} (at ${this.time.now}, seed ${this.plan.seed})`;
  }
}

function memberOf({ name, votes }: TestServer, rank: number): Member {
  return { name, rank, votes };
}
