// How this process is one of the servers: its name, its admin endpoint, and its connections to all others.
import { randomBytes } from "node:crypto";

import type { AdministrationLinks } from "./administration-links.ts";
import { hardwareMsAt, systemClock } from "./base/clock.ts";
import { HardwareClock } from "./base/hardware-clock.ts";
import { Oscillator } from "./base/oscillator.ts";
import type { MessagingConfig } from "./messaging-config.ts";
import type { TcpListener } from "./net/tcp-listener.ts";
import type { Log } from "./observe/log.ts";
import { addressWithPort, dialAddressOf, type ServerAddress } from "./server-address.ts";
import type { Replied, ServerLinks } from "./server-links.ts";

/** Names that a server without one of its own tries. */
const NAMES_MAX = 100;
/** The one at home has the host's name. */
const FIRST_JOINED = 2;
/** For saying that it goes. */
const LEAVE_MS = 300;

type Fields = Readonly<Record<string, unknown>>;
type GroupSettings = Pick<MessagingConfig, "heartbeatMs" | "synchronisation">;

/** What there is only when there are sockets. */
export interface ServerSockets {
  readonly links: ServerLinks;
  readonly administration: Omit<AdministrationLinks, "close">;
  announce(text: string): void;
  listen(rank: number): TcpListener;
}

/** What `actors/servers/services.ts` asks for. Whoever starts listeners gives it `sockets`: until then it is mute. */
export class NodeServerPort {
  readonly instance = randomBytes(12).toString("base64url");
  /** As set; of one that has joined, as its home has them. */
  #group: GroupSettings;
  readonly #config: MessagingConfig;
  readonly #log: Log;
  /** With an error that was asked for, if any. */
  readonly hardware: HardwareClock;
  #endpoint: { readonly rank: number; readonly listener: TcpListener } | undefined;
  /** The last that it tried, or has got. */
  #name: string | undefined;
  sockets: ServerSockets | undefined;

  constructor(config: MessagingConfig, log: Log) {
    this.#group = { heartbeatMs: config.heartbeatMs, synchronisation: config.synchronisation };
    this.#config = config;
    this.#log = log;
    const { offsetMs, driftPpm } = config.clock;
    const oscillator = new Oscillator({ offsetMs: hardwareMsAt(0) + offsetMs, driftPpm });
    this.hardware = new HardwareClock(systemClock, oscillator, (sleptMs) =>
      this.log("The machine has slept, or its clock was set forward: joins again, from its time", { sleptMs }),
    );
  }

  get oscillator(): Oscillator {
    return this.hardware.oscillator;
  }

  get heartbeatMs(): number {
    return this.#group.heartbeatMs;
  }

  get synchronisation(): GroupSettings["synchronisation"] {
    return this.#group.synchronisation;
  }

  adopt({ heartbeatMs, synchronisation }: GroupSettings): boolean {
    const before = this.#group;
    if (heartbeatMs === before.heartbeatMs && synchronisation === before.synchronisation) return false;
    this.#group = { heartbeatMs, synchronisation };
    this.log("Keeps to what its home has set, not to its own settings", { home: this.#group, own: before });
    return true;
  }

  get adminPort(): number | undefined {
    return this.#endpoint?.listener.port;
  }

  get address(): string | undefined {
    const { address, serverPortBase } = this.#config;
    if (address !== "") return address;
    // Nobody could reckon where it is.
    return serverPortBase === 0 && this.adminPort !== undefined ? `127.0.0.1:${this.adminPort}` : undefined;
  }

  nameAt(attempt: number): string | undefined {
    const { name, host, home } = this.#config;
    const isOwn = name !== "" || home === undefined;
    if (!isOwn && attempt >= NAMES_MAX) return undefined;
    this.#name = (isOwn ? name || host : `${host}-${FIRST_JOINED + attempt}`).normalize("NFC");
    return this.#name;
  }

  async askReference(service: string, data: Fields): Promise<Replied | undefined> {
    return this.#byHardware(await this.sockets?.links.askReference(service, data));
  }

  async askServer(to: ServerAddress, service: string, data: Fields, timeoutMs: number): Promise<Replied | undefined> {
    const { home, serverPortBase } = this.#config;
    const where = dialAddressOf(to, home, serverPortBase);
    if (where === undefined) return undefined;
    return this.#byHardware(await this.sockets?.links.askServer(to.name, where, { service, data }, timeoutMs));
  }

  addressOf(server: Pick<ServerAddress, "address" | "rank">): string {
    return addressWithPort(server, this.#config.serverPortBase);
  }

  keepServers(names: ReadonlySet<string>): void {
    this.sockets?.links.keepServers(names);
  }

  announce(text: string): void {
    this.sockets?.announce(text);
  }

  standAs(rank: number): void {
    if (this.#endpoint?.rank === rank || this.sockets === undefined) return;
    this.#endpoint?.listener.stop();
    this.#endpoint = undefined;
    try {
      this.#endpoint = { rank, listener: this.sockets.listen(rank) };
      this.log("Listens for other servers and for operators", { rank, port: this.#endpoint.listener.port });
    } catch (error) {
      this.#log.limited("error", "net.cannot_listen", { err: error });
    }
  }

  log(message: string, details: Fields): void {
    this.#log.logger.info({ ...details }, message);
  }

  /** It listens where only its own machine reaches it, and has joined a home on another. */
  warnUnreachable(host: string, home: string): void {
    const advice = "set CORREIO_HOST, and CORREIO_SERVER_ADDRESS where others see it come from elsewhere";
    this.#log.logger.warn({ host, home }, `Other machines cannot reach this server's admin endpoint: ${advice}`);
  }

  /** Says so, that nobody has to wait until it is taken for dead, and nothing after that. */
  async leave(clock: number): Promise<void> {
    const { sockets, instance } = this;
    this.#endpoint?.listener.stop();
    this.sockets = undefined;
    if (this.#name === undefined) return;
    await sockets?.links.askReference("leave", { user: this.#name, instance, clock }, LEAVE_MS);
  }

  #byHardware(reply: Replied | undefined): Replied | undefined {
    if (reply === undefined) return undefined;
    const { hardware } = this;
    return { data: reply.data, sentMs: hardware.at(reply.sentMs), arrivedMs: hardware.at(reply.arrivedMs) };
  }
}
