// Hostile messages on both match ports, while two play on: `bun tests/fuzz-matches.ts --count 1000000 --seed 7`.
import { parseArgs } from "node:util";

import { eventually } from "./lib/eventually.ts";
import { fuzzedMessages } from "./lib/fuzzed-messages.ts";
import { liveBytes } from "./lib/live-memory.ts";
import { Bystanders } from "./lib/match-bystanders.ts";
import { MatchConnection } from "./lib/match-connection.ts";
import { type ExistingClient, MatchServer } from "./lib/match-server.ts";

/** In each wave: strangers of each kind, and messages of one client. */
const STRANGERS = 3;
const MESSAGES = 40;
const PLAYERS = 4;
const EXISTING_PLAYERS = 2;

export interface FuzzReport {
  readonly messages: number;
  readonly connections: number;
  /** Games that the bystanders have finished meanwhile. */
  readonly games: number;
  /** Growth of live memory from the first quarter of the messages to the end. */
  readonly grownBytes: number;
  readonly ends: readonly string[];
}

/** Throws at the first promise that the server breaks. */
export async function fuzzMatches(options: { readonly count: number; readonly seed: number }): Promise<FuzzReport> {
  const server = await MatchServer.start({ CORREIO_TURN_MS: 600_000 });
  try {
    return await new Fuzzing(server, await Bystanders.start(server), options.seed).run(options.count);
  } finally {
    await server.stop();
  }
}

class Fuzzing {
  readonly #server: MatchServer;
  readonly #bystanders: Bystanders;
  readonly #seed: number;
  readonly #players: MatchConnection[] = [];
  readonly #existing: ExistingClient[] = [];
  #messages = 0;
  #connections = 0;

  constructor(server: MatchServer, bystanders: Bystanders, seed: number) {
    this.#server = server;
    this.#bystanders = bystanders;
    this.#seed = seed;
  }

  async run(count: number): Promise<FuzzReport> {
    await this.#enter();
    const settled = { bytes: 0 };
    for (let wave = 0; this.#messages < count; wave++) {
      await this.#wave(wave);
      if (settled.bytes === 0 && this.#messages >= count / 4) settled.bytes = liveBytes();
    }
    const grownBytes = liveBytes() - settled.bytes;
    await this.#leave();
    const { games } = this.#bystanders;
    return { messages: this.#messages, connections: this.#connections, games, grownBytes, ends: await this.#check() };
  }

  /** Players of both kinds, who stay until the end. */
  async #enter(): Promise<void> {
    const server = this.#server;
    for (let index = 0; index < PLAYERS; index++) this.#players.push(await server.player(`player-${index}`));
    for (let index = 0; index < EXISTING_PLAYERS; index++) {
      const client = await server.existing();
      const account = `existing-${index};segredo`;
      await client.secure.askAll([`adduser;${account}`, `login;${account}`]);
      this.#existing.push(client);
    }
  }

  async #wave(wave: number): Promise<void> {
    const strangers = Array.from({ length: STRANGERS }, () => [this.#modern(), this.#plain(), this.#secure()]).flat();
    const players = this.#players.map(async (player, index) => {
      player.send(...this.#fuzzed(`player-${index}`), `\nping;wave ${wave}\n`);
      await player.hears(`pong;wave ${wave}\n`);
      player.forget();
    });
    const existing = this.#existing.map(async ({ plain, secure }, index) => {
      plain.send(...this.#fuzzed(`existing-${index}`));
      secure.send(...this.#fuzzed(`existing-${index}`), "logout;x\n");
      await secure.hears("logoutERR;Wrong Number of Arguments\n");
      for (const each of [plain, secure]) each.forget();
    });
    await Promise.all([this.#bystanders.playOn(2), ...strangers, ...players, ...existing]);
  }

  async #modern(): Promise<void> {
    await this.#say(await this.#server.modern());
  }

  async #plain(): Promise<void> {
    await this.#say(await MatchConnection.connect(this.#server.port));
  }

  /** On both connections of an existing client. */
  async #secure(): Promise<void> {
    const { plain, secure } = await this.#server.existing();
    secure.send(...this.#fuzzed());
    await this.#say(plain);
    await secure.loses();
    secure.close();
  }

  async #say(client: MatchConnection): Promise<void> {
    client.send(...this.#fuzzed(), "\nexit\n");
    await client.loses();
    client.close();
  }

  #fuzzed(own?: string): readonly Buffer[] {
    this.#messages += MESSAGES;
    const connection = { seed: this.#seed, number: this.#connections++, count: MESSAGES };
    return fuzzedMessages(own === undefined ? connection : { ...connection, own });
  }

  async #leave(): Promise<void> {
    for (const player of [...this.#players, ...this.#existing.map(({ plain }) => plain)]) {
      if (player.over) throw new Error("Fuzz: a player who was to stay was let go");
      player.send("exit\n");
      await player.loses();
      player.close();
    }
    for (const { secure } of this.#existing) secure.close();
  }

  /** Reasons of all ends. */
  async #check(): Promise<readonly string[]> {
    const { figures } = this.#server.node;
    await eventually("every end", async () => (await figures.metric("correio_connections")) === 2);
    await this.#bystanders.playOn(5);
    const text = await figures.text();
    const lines = text.split("\n").filter((line) => / [1-9]\d*$/.test(line));
    const faults = lines.filter((line) => /^correio_(?:crashes|dead_letters|quarantined|commit_failures)/.test(line));
    if (faults.length > 0) throw new Error(`Fuzz: ${faults.join(", ")}`);
    const client = await this.#server.modern();
    const list = await client.ask("list");
    if (list !== "listACK;ana;bea") throw new Error(`Fuzz: players are left: ${list}`);
    client.close();
    return lines.flatMap((line) => /connections_ended_total\{reason="(.*)"\}/.exec(line)?.[1] ?? []).sort();
  }
}

const USAGE = "Usage: bun tests/fuzz-matches.ts [--count MESSAGES] [--seed NUMBER]";

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "100000" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
    },
  });
  const [count, seed] = [Number(values.count), Number(values.seed)];
  if (!Number.isInteger(count) || !Number.isInteger(seed)) throw new Error(USAGE);
  try {
    console.log(JSON.stringify({ seed, ...(await fuzzMatches({ count, seed })) }, undefined, 2));
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(`Replay: bun tests/fuzz-matches.ts --seed ${seed} --count ${count}`);
    process.exit(1);
  }
}

if (import.meta.main) await run();
