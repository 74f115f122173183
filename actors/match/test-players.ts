// Players without a network: what they send, and what they hear, on modern and on existing clients.
import { ConnectionStandIn } from "#runtime/testing/connection-stand-in.ts";
import { type SteppedOptions, SteppedSystem } from "#runtime/testing/mod.ts";

import { createCatalog } from "../catalog.ts";
import { createTestServices, PlainPasswords } from "../test-services.ts";
import type { MatchServices } from "./services.ts";

type SessionTypeName =
  | "text-session"
  | "modern-match-session"
  | "web-match-session"
  | "existing-match-session"
  | "secure-match-session"
  | "match-heartbeat-session";

/** Those that are not plain TCP. */
const TRANSPORTS: { readonly [type in SessionTypeName]?: ConnectionStandIn["transport"] } = {
  "modern-match-session": "tls",
  "web-match-session": "web",
};

export class MatchNode {
  readonly passwords = new PlainPasswords();
  readonly log: string[] = [];
  /** Ports that are open, by the session they are for. */
  readonly securePorts = new Map<string, number>();
  /** `owner address port`, in the order of the attempts. */
  readonly dialled: string[] = [];
  readonly stepped: SteppedSystem;
  readonly types: ReturnType<typeof createCatalog>["types"];
  #connections = 0;
  #secrets = 0;

  constructor(options: SteppedOptions = {}, match: Partial<MatchServices> = {}) {
    const services = createTestServices({
      text: { passwords: this.passwords },
      match: {
        secret: () => String(++this.#secrets).padStart(32, "k"),
        openSecurePort: (owner) => this.#openPort(owner),
        closeSecurePort: (owner) => void this.securePorts.delete(owner),
        dialHeartbeat: (owner, address, port) => void this.dialled.push(`${owner} ${address} ${port}`),
        log: { append: (line) => void this.log.push(line.slice(22, -1)) },
        ...match,
      },
    });
    this.types = createCatalog(services).types;
    this.stepped = new SteppedSystem(Object.values(this.types), options);
  }

  connect(type: SessionTypeName = "modern-match-session", openedFor = ""): TestConnection {
    return new TestConnection(this.stepped, type, String(++this.#connections), openedFor);
  }

  /** Connected by a modern client, with an account, and logged in. */
  async player(name: string): Promise<TestConnection> {
    const player = this.connect();
    await player.send(`adduser;${name};segredo`, `login;${name};segredo`);
    return player;
  }

  /** Both in a hosted match; they have heard nothing yet of what will follow. Returns its id. */
  async host(host: TestConnection, guest: TestConnection, names: readonly [string, string]): Promise<string> {
    await host.send(`begin;${names[1]};${names[0]};hosted`);
    await guest.send(`answer;${names[0]};True`);
    const [line = ""] = host.take().filter((each) => each.startsWith("match;"));
    guest.take();
    return line.split(";")[1] ?? "";
  }

  #openPort(owner: string): number {
    const port = 40_000 + this.#connections;
    this.securePorts.set(owner, port);
    return port;
  }
}

export class TestConnection {
  readonly connection: ConnectionStandIn;
  readonly #stepped: SteppedSystem;

  constructor(stepped: SteppedSystem, type: SessionTypeName, id: string, openedFor: string) {
    this.#stepped = stepped;
    const found = stepped.system.hosts.find((host) => host.type.name === type);
    if (found === undefined) throw new Error(`There is no type ${type}`);
    this.connection = new ConnectionStandIn(stepped.system, found.type, id, TRANSPORTS[type] ?? "tcp");
    this.connection.openedFor = openedFor;
  }

  get key(): string {
    return this.connection.id;
  }

  get endReason(): string | undefined {
    return this.connection.endReason;
  }

  /** Messages, each a line; returns all that came until everything was quiet. */
  send(...messages: readonly string[]): Promise<readonly string[]> {
    return this.sendRaw(...messages.map((message) => `${message}\n`));
  }

  /** With which he comes back; the one before ends by that. */
  async resumeKey(): Promise<string> {
    const [reply = ""] = await this.send("key");
    return reply.slice("keyACK;".length);
  }

  /** As `send`, octet for octet. */
  async sendRaw(...messages: readonly string[]): Promise<readonly string[]> {
    this.take();
    this.connection.deliver(...messages);
    await this.settle();
    return this.take();
  }

  async settle(): Promise<void> {
    await this.#stepped.clock.settle();
  }

  /** All that came and was not looked at, without ends of lines. */
  take(): readonly string[] {
    const sent = this.connection.sent as string[];
    return sent.splice(0).map((line) => line.replace(/\r?\n$/, ""));
  }

  async lose(): Promise<void> {
    this.connection.end("disconnect");
    await this.#stepped.clock.settle();
  }
}
