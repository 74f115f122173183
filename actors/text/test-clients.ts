// Clients of the text commands without a network: what they type, and the lines they see.
import { ConnectionStandIn } from "#runtime/testing/connection-stand-in.ts";
import { SteppedSystem } from "#runtime/testing/stepped-system.ts";

import { createCatalog } from "../catalog.ts";
import type { SessionName } from "../commands/session-methods.ts";
import { createTestServices, PlainPasswords } from "../test-services.ts";

const TRANSPORTS = {
  "text-session": "tcp",
  "udp-text-session": "udp",
  "datagram-session": "datagram",
  "web-session": "web",
} as const;

export class ChatNode {
  readonly passwords = new PlainPasswords();
  readonly consoleLines: string[] = [];
  readonly fileLines: string[] = [];
  readonly stepped: SteppedSystem;
  readonly types: ReturnType<typeof createCatalog>["types"];
  readonly answerStranger: (line: string) => string | undefined;
  #clients = 0;
  #secrets = 0;

  constructor(options: { plainLogin?: "allow" | "warn" | "refuse"; isWebEncrypted?: boolean; udpPort?: number } = {}) {
    const { plainLogin = "allow", isWebEncrypted = false, udpPort } = options;
    const clock = { unixMs: () => this.stepped.clock.unixMs(), monotonicMs: () => this.stepped.clock.monotonicMs() };
    const services = createTestServices({
      text: {
        plainLogin,
        isWebEncrypted,
        clock,
        udpPort: () => udpPort,
        secret: () => String(++this.#secrets).padStart(32, "k"),
        passwords: this.passwords,
        log: {
          console: (line) => void this.consoleLines.push(line),
          file: (line) => void this.fileLines.push(line),
        },
      },
    });
    const { types, answerStranger } = createCatalog(services);
    this.types = types;
    this.answerStranger = answerStranger;
    this.stepped = new SteppedSystem(Object.values(types));
  }

  /** Whatever runs again gets the same ones again. */
  restartSecrets(): void {
    this.#secrets = 0;
  }

  connect(type: SessionName = "text-session"): TestClient {
    return new TestClient(this.stepped, type, String(++this.#clients));
  }

  /** Connected, and with this id. */
  async named(id: string): Promise<TestClient> {
    const client = this.connect();
    await client.type(`HELLO ${id}`);
    client.clear();
    return client;
  }
}

class TestClient {
  readonly connection: ConnectionStandIn;
  readonly #stepped: SteppedSystem;

  constructor(stepped: SteppedSystem, type: SessionName, id: string) {
    this.#stepped = stepped;
    const found = stepped.system.hosts.find((host) => host.type.name === type);
    if (found === undefined) throw new Error(`There is no type ${type}`);
    this.connection = new ConnectionStandIn(stepped.system, found.type, id, TRANSPORTS[type]);
  }

  /** All that it was sent and has not looked at. */
  get lines(): readonly string[] {
    return this.connection.sent as readonly string[];
  }

  /** Types lines, with their endings unless they have one, and returns all that came until everything was quiet. */
  async type(...lines: readonly string[]): Promise<readonly string[]> {
    this.clear();
    this.connection.deliver(...lines.map((line) => (line.endsWith("\n") ? line : `${line}\n`)));
    await this.#stepped.clock.settle();
    return this.lines.map((line) => line.replace(/\n$/, ""));
  }

  /** As `type`, octet for octet. */
  async typeRaw(...messages: readonly string[]): Promise<readonly string[]> {
    this.clear();
    this.connection.deliver(...messages);
    await this.#stepped.clock.settle();
    return this.lines;
  }

  /** Its connection is lost, or it left. */
  async leave(reason = "disconnect"): Promise<void> {
    this.connection.end(reason);
    await this.#stepped.clock.settle();
  }

  clear(): void {
    this.connection.sent.length = 0;
  }
}
