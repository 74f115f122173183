// A crowd for the explorer: players of all clients who come, go, invite, answer, play and report, as the seed has it.
import { ConnectionStandIn } from "#runtime/testing/connection-stand-in.ts";
import type { World } from "#runtime/testing/world.ts";

import type { PlayerSessionState } from "./match-command.ts";

export const PLAYERS: readonly string[] = ["ana", "beto", "caio"];
const RESULTS = ["WIN", "LOST", "DRAW"] as const;
const CONFIRMED_BY = { WIN: "LOST", LOST: "WIN", DRAW: "DRAW" } as const;

/** A move as it was sent. */
export interface SentMove {
  readonly cell: number;
  readonly number: number | undefined;
}

/** One client's connection: it means to be one player, or without a name just watches. */
export class Visitor {
  readonly name: string;
  readonly isModern: boolean;
  readonly connection: ConnectionStandIn;
  /** The node that it is connected to. */
  readonly system: World["system"];
  readonly sentMoves: SentMove[] = [];
  /** Of an existing client, its TLS connection. */
  readonly #secure: ConnectionStandIn | undefined;

  constructor(system: World["system"], name: string, isModern: boolean, id: string) {
    this.name = name;
    this.isModern = isModern;
    this.system = system;
    this.connection = open(system, isModern ? "modern-match-session" : "existing-match-session", id);
    if (isModern) return;
    this.#secure = open(system, "secure-match-session", `${id} secure`);
    this.#secure.openedFor = id;
    this.connection.deliver("0\n");
  }

  /** Undefined before its first turn. */
  get state(): PlayerSessionState | undefined {
    return this.connection.cell.state as PlayerSessionState | undefined;
  }

  /** Without their ends. */
  get lines(): readonly string[] {
    return linesOf(this.connection);
  }

  /** Where the replies to account commands are. */
  get encryptedLines(): readonly string[] {
    return linesOf(this.#secure ?? this.connection);
  }

  /** What stands behind it in the last line that begins so. */
  last(start: string): string | undefined {
    return this.lines.findLast((line) => line.startsWith(start))?.slice(start.length);
  }

  type(...messages: readonly string[]): void {
    this.connection.deliver(...messages.map((message) => `${message}\n`));
  }

  typeEncrypted(...messages: readonly string[]): void {
    (this.#secure ?? this.connection).deliver(...messages.map((message) => `${message}\n`));
  }

  lose(): void {
    this.connection.end("disconnect");
    this.#secure?.end("disconnect");
  }
}

export class MatchCrowd {
  readonly world: World;
  readonly visitors: Visitor[] = [];

  constructor(world: World) {
    this.world = world;
  }

  /** Those that have an open connection to the node that runs now. */
  get living(): readonly Visitor[] {
    return this.visitors.filter(({ connection, system }) => {
      return connection.endReason === undefined && system === this.world.system;
    });
  }

  /** Those living who are logged in. */
  get present(): readonly Visitor[] {
    return this.living.filter(({ state }) => (state?.key ?? "") !== "");
  }

  act(): void {
    const { present } = this;
    const one = this.#pick(present);
    const other = this.#pick(present.filter(({ name }) => name !== one?.name));
    const kind = Math.floor(this.world.random() * 20);
    if (one === undefined || other === undefined || kind < 2) return void this.come(this.#pick(PLAYERS) ?? "");
    if (kind < 3) this.#leave(one);
    else if (kind < 6) this.#invite(one, other);
    else if (kind < 10) this.#answer(this.#pick(present.filter(isInvited)) ?? one);
    else if (kind < 15) this.#playAll();
    else if (kind < 16) this.#type(one, "end");
    else if (kind < 17) this.#watch(one);
    else this.#report(this.#pick(present.filter(isIntroduced)) ?? one);
  }

  /** Modern ones with the key, where they were ever given one, or else with the password. */
  come(name: string, isModern = this.#chance(0.8)): Visitor {
    const visitor = new Visitor(this.world.system, name, isModern, String(this.visitors.length));
    const own = this.visitors.filter((each) => each.name === name);
    const key = own.map((each) => each.last("keyACK;")).findLast((each) => each !== undefined);
    this.visitors.push(visitor);
    const commands = [`login;${name};segredo`];
    if (!own.some(({ encryptedLines }) => encryptedLines.includes("adduserACK")))
      commands.unshift(`adduser;${name};segredo`);
    else if (isModern && key !== undefined && this.#chance(0.7)) commands.unshift(`resume;${name};${key}`);
    if (isModern) commands.push("key");
    this.world.note(`${visitor.connection.id} sends ${commands.join(", ")}`);
    visitor.typeEncrypted(...commands);
    return visitor;
  }

  #watch({ name }: Visitor): void {
    const found = this.living.find((visitor) => visitor.name === "");
    const watcher = found ?? new Visitor(this.world.system, "", true, String(this.visitors.length));
    if (found === undefined) this.visitors.push(watcher);
    this.#type(watcher, `watch;${name}`);
  }

  #leave(visitor: Visitor): void {
    const how = this.#pick(["lose", "exit", "logout"]) ?? "";
    this.world.note(`${visitor.connection.id} leaves: ${how}`);
    if (how === "exit") visitor.type(how);
    else if (how === "logout") visitor.typeEncrypted(how);
    else visitor.lose();
  }

  #invite(one: Visitor, other: Visitor): void {
    const kind = one.isModern && this.#chance(0.6) ? ";hosted" : "";
    this.#type(one, `begin;${other.name};${one.name}${kind}`);
    if (this.#chance(0.3)) this.#type(other, `begin;${one.name};${other.name}${kind}`);
  }

  #answer(visitor: Visitor): void {
    const [host = this.#pick(PLAYERS), kind] = visitor.last("invite;")?.split(";") ?? [];
    const ports = kind === "hosted" ? "" : `;5000;${visitor.name};5001`;
    this.#type(visitor, `answer;${host};${this.#chance(0.8) ? `True${ports}` : "False"}`);
  }

  #playAll(): void {
    for (const visitor of this.present.filter(({ isModern }) => isModern)) {
      if (visitor.state?.match?.kind === "hosted" || this.#chance(0.1)) this.#play(visitor);
    }
  }

  /** Some moves at once, one of them perhaps a second time. */
  #play(visitor: Visitor): void {
    const sent: SentMove[] = [];
    for (let count = 0; count < 8; count++) {
      const number = this.#chance(0.3) ? 1 + Math.floor(this.world.random() * 9) : undefined;
      const before = sent.findLast((move) => move.number !== undefined);
      if (before !== undefined && this.#chance(0.2)) sent.push(before);
      else sent.push({ cell: Math.floor(this.world.random() * 9), number });
    }
    visitor.sentMoves.push(...sent);
    this.#type(visitor, ...sent.map(playCommand));
  }

  /** Both do, or one alone, where it is their match; and mostly alike. */
  #report(one: Visitor): void {
    const { present } = this;
    const other =
      present.find(({ name, state }) => name !== one.name && state?.match?.id === one.state?.match?.id) ??
      this.#pick(present.filter(({ name }) => name !== one.name));
    if (other === undefined) return;
    const result = this.#pick(RESULTS) ?? "DRAW";
    const confirmed = this.#chance(0.8) ? CONFIRMED_BY[result] : (this.#pick(RESULTS) ?? "DRAW");
    this.#type(one, `result;${one.name};${other.name};${result}`);
    if (this.#chance(0.8)) this.#type(other, `result;${other.name};${one.name};${confirmed}`);
  }

  #type(visitor: Visitor, ...messages: readonly string[]): void {
    this.world.note(`${visitor.connection.id} sends ${messages.join(", ")}`);
    visitor.type(...messages);
  }

  #chance(probability: number): boolean {
    return this.world.random() < probability;
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.world.random() * items.length)];
  }
}

const isInvited = ({ lines }: Visitor): boolean => lines.at(-1)?.startsWith("invite") === true;

const isIntroduced = ({ state }: Visitor): boolean => state?.match?.kind === "p2p";

function linesOf({ sent }: ConnectionStandIn): readonly string[] {
  return (sent as readonly string[]).map((line) => line.replace(/\n$/, ""));
}

function playCommand({ cell, number }: SentMove): string {
  const place = `${Math.floor(cell / 3) + 1};${(cell % 3) + 1}`;
  return `play;${place}${number === undefined ? "" : `;${number}`}`;
}

function open(system: World["system"], type: string, id: string): ConnectionStandIn {
  const host = system.hosts.find((each) => each.type.name === type);
  if (host === undefined) throw new Error(`There is no type ${type}`);
  return new ConnectionStandIn(system, host.type, id, type.startsWith("modern") ? "tls" : "tcp");
}
