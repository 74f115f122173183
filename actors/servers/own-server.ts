// What this process knows and does as one of the servers, as long as it runs: its name, its election, its office.
import { type DurableContext, limits } from "#runtime/mod.ts";

import { Election } from "../election/election.ts";
import type { Effect, ElectionEvent, ElectionMemory, Role } from "../election/messages.ts";
import { electionTimes } from "../election/times.ts";
import { BerkeleyDuty } from "./berkeley-duty.ts";
import type { ClockDuty, Correction } from "./clock-duty.ts";
import type { ElectionHistory } from "./election-history.ts";
import { EstimatingDuty } from "./estimating-duty.ts";
import type { NodeClocks } from "./node-clocks.ts";
import type { KnownServer } from "./reference.ts";
import { OUTLET_KEY } from "./server-addresses.ts";
import { correctionData, differenceData } from "./server-messages.ts";
import type { ServerOutletType } from "./server-outlet.ts";
import type { ServerPort } from "./services.ts";

export interface ServerParts {
  readonly port: ServerPort;
  readonly clocks: NodeClocks;
  readonly outlet: ServerOutletType;
}

/** With what outlives a change of the group. */
export interface OwnServerParts extends ServerParts {
  readonly history: ElectionHistory;
}

export interface ServerState {
  /** What must be found again after a restart. */
  memory: ElectionMemory | undefined;
}

export type ServerTurn = DurableContext<ServerState>;

const ROLES: Readonly<Record<Role, string>> = {
  coordinator: "Coordinates the servers",
  follower: "Follows a coordinator",
  unsure: "Has no coordinator",
};

/** While this server is coordinator. */
interface ClockOffice {
  readonly epoch: number;
  readonly sleepCount: number;
  readonly duty: ClockDuty;
}

/** Registered under one name, for as long as the process runs. */
export class OwnServer {
  readonly name: string;
  readonly election: Election;
  readonly #parts: OwnServerParts;
  #rank: number;
  /** As the election has it. */
  #memory: ElectionMemory | undefined;
  #servers: ReadonlyMap<string, KnownServer> = new Map();
  #office: ClockOffice | undefined;
  #lookedMs = -Infinity;

  constructor(me: ServerTurn, name: string, rank: number, parts: OwnServerParts) {
    const { memory } = me.state;
    const times = electionTimes(parts.port.heartbeatMs);
    this.name = name;
    this.election = new Election({ name, times, random: () => me.random(), memory, nowMs: me.turnStartedMs });
    this.#parts = parts;
    this.#rank = rank;
    this.#memory = memory;
  }

  get rank(): number {
    return this.#rank;
  }

  /** As the reference has listed them, this one too. */
  get servers(): readonly KnownServer[] {
    return [...this.#servers.values()];
  }

  /** What it synchronises by, while it is coordinator. */
  get duty(): ClockDuty | undefined {
    return this.#office?.duty;
  }

  listed(me: ServerTurn, rank: number, servers: readonly KnownServer[]): void {
    const { port } = this.#parts;
    this.#rank = rank;
    this.#servers = new Map(servers.map((server) => [server.name, server]));
    port.keepServers(new Set(this.#servers.keys()));
    this.step(me, { kind: "known", members: servers });
  }

  /** Does what is due, and looks again when something is. */
  look(me: ServerTurn): void {
    this.#lookedMs = me.monotonicMs();
    if (this.election.dueAtMs <= me.monotonicMs()) this.step(me, { kind: "tick" });
    this.#remember(me);
    this.#serve(me);
    this.#lookAgain(me);
  }

  /** Something has happened that an election may want to know. */
  step(me: ServerTurn, event: ElectionEvent): readonly Effect[] {
    const effects = this.election.step(event, me.monotonicMs());
    for (const effect of effects) this.#perform(me, effect);
    this.#remember(me);
    this.#lookAgain(me);
    return effects;
  }

  /** What this turn says is sent once this is stored; also where what a turn before this one changed could not be. */
  #remember(me: ServerTurn): void {
    if (!isSame(me.state.memory, this.#memory)) me.state.memory = this.#memory;
  }

  #lookAgain(me: ServerTurn): void {
    const nowMs = me.monotonicMs();
    const electionMs = this.election.dueAtMs - nowMs;
    const dutyMs = (this.#office?.duty.dueMs ?? Infinity) - this.#parts.clocks.hardwareMs;
    // Since the last look, not from now: however much happens, what is due is done.
    const soonestMs = Math.max(this.#lookedMs + limits.serverLookMsMin - nowMs, 0);
    const afterMs = Math.min(Math.max(Math.min(electionMs, dutyMs), soonestMs), limits.serverLookMs);
    me.timer("look", { afterMs, send: "look" });
  }

  #perform(me: ServerTurn, effect: Effect): void {
    const { outlet, port, history } = this.#parts;
    const out = me.ref(outlet, OUTLET_KEY).tell;
    switch (effect.kind) {
      case "remember":
        this.#memory = effect.memory;
        return;
      case "ask": {
        const to = this.#servers.get(effect.to);
        if (to !== undefined) out.ask({ from: this.name, to, ask: effect });
        return;
      }
      case "announce":
        out.announce({ coordinator: effect.coordinator });
        return;
      case "became":
        history.add(effect, me.turnStartedAt);
        return port.log(ROLES[effect.role], { ...effect });
      case "refused":
        return me.countRefusal(`election.${effect.reason}`);
      case "reply":
        return;
    }
  }

  /** The coordinator's work: also a server that was one is none from here on. */
  #serve(me: ServerTurn): void {
    const { outlet, clocks } = this.#parts;
    const epoch = this.election.actingEpoch(me.monotonicMs());
    const nowMs = clocks.hardwareMs;
    const isHeld = epoch === this.#office?.epoch && clocks.sleepCount === this.#office?.sleepCount;
    if (!isHeld) this.#office = epoch === undefined ? undefined : this.#takeOffice(epoch);
    if (this.#office === undefined) return;
    const { duty } = this.#office;
    const others = [...this.#servers.keys()].filter((name) => name !== this.name);
    for (const name of duty.duePolls(others, nowMs)) {
      me.ref(outlet, OUTLET_KEY).tell.poll({ to: this.#servers.get(name) as KnownServer });
    }
    for (const correction of duty.corrections(others, nowMs)) this.#correct(me, correction, this.#office.epoch);
  }

  #takeOffice(epoch: number): ClockOffice {
    const { port, clocks } = this.#parts;
    const Duty = port.synchronisation === "berkeley" ? BerkeleyDuty : EstimatingDuty;
    return { epoch, sleepCount: clocks.sleepCount, duty: new Duty(this.name, clocks) };
  }

  #correct(me: ServerTurn, correction: Correction, epoch: number): void {
    const { outlet, clocks } = this.#parts;
    if (correction.name === this.name) {
      const problem = clocks.correct(correction);
      if (problem !== undefined) me.countRefusal(`clock.${problem}`);
      return;
    }
    const to = this.#servers.get(correction.name);
    if (to === undefined) return;
    const authority = { coordinator: this.name, epoch };
    const data =
      "correction" in correction
        ? correctionData(authority, correction.correction)
        : differenceData(authority, correction.differenceMs, correction.timeMs);
    me.ref(outlet, OUTLET_KEY).tell.instruct({ to, data });
  }
}

/** In one epoch there is one that it has accepted. */
function isSame(one: ElectionMemory | undefined, other: ElectionMemory | undefined): boolean {
  const areAccepted = one?.accepted?.epoch === other?.accepted?.epoch;
  return areAccepted && one?.promised === other?.promised && one?.ownCounter === other?.ownCounter;
}
