// The connections that a server makes: to the reference, to other servers' admin endpoints, and to the proxy.
import { systemRandom } from "./base/random.ts";
import { settlesWithin } from "./base/settles-within.ts";
import { limits } from "./limits.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { decodeMessage, encodeMessage } from "./wire/message-pack.ts";
import { ZmtpMessage } from "./wire/zmtp-message.ts";
import type { DialAddress } from "./zmtp/endpoints.ts";
import { PublishSocket } from "./zmtp/publish-socket.ts";
import { RequestSocket } from "./zmtp/request-socket.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Data of a reply, and when its request left and it came, in monotonic milliseconds. */
export interface Replied {
  readonly data: Fields;
  readonly sentMs: number;
  readonly arrivedMs: number;
}

export interface HomePorts {
  readonly publishers: number;
  readonly reference: number;
  readonly store: number;
}

/** Connections at once to what is stored: each has one request on its way. */
const STORE_CONNECTIONS = 8;

/** Dials when somebody is first asked. */
export class ServerLinks {
  readonly #context;
  readonly #home: string;
  readonly #ports: HomePorts;
  /** By what is asked and where; those to servers with their names. */
  readonly #links = new Map<string, { readonly socket: RequestSocket; readonly server: string | undefined }>();
  #publisher: PublishSocket | undefined;
  /** The proxy has asked for what is published. */
  readonly #heard = Promise.withResolvers<void>();
  #storeTurn = 0;

  constructor(table: ConnectionTable, home: string, ports: HomePorts) {
    this.#context = { table, random: systemRandom };
    this.#home = home;
    this.#ports = ports;
  }

  askReference(service: string, data: Fields, timeoutMs: number = limits.askTimeoutMs): Promise<Replied | undefined> {
    const where = { host: this.#home, port: this.#ports.reference };
    return ask(() => this.#link(where), { service, data }, timeoutMs);
  }

  askStore(service: string, data: Fields): Promise<Replied | undefined> {
    const lane = this.#storeTurn++ % STORE_CONNECTIONS;
    const where = { host: this.#home, port: this.#ports.store };
    return ask(() => this.#link(where, `${lane}`), { service, data }, limits.askTimeoutMs);
  }

  askServer(name: string, address: DialAddress, request: Fields, timeoutMs: number): Promise<Replied | undefined> {
    return ask(() => this.#link(address, "", name), request, timeoutMs);
  }

  /** Connections to servers of other names are closed. */
  keepServers(names: ReadonlySet<string>): void {
    this.#giveUp((server) => !names.has(server));
  }

  /** Connects to the proxy at home: from then on what is published reaches it. */
  startPublisher(): void {
    if (this.#publisher !== undefined) return;
    this.#publisher = new PublishSocket("PUB", this.#context, { onSubscription: () => this.#heard.resolve() });
    this.#publisher.endpoints.connect({ host: this.#home, port: this.#ports.publishers });
  }

  /** False where nobody listens: it is lost then. */
  publish(text: string): boolean {
    return this.#publisher !== undefined && this.#publisher.publish(ZmtpMessage.of([text])) > 0;
  }

  /** Waits for somebody to listen, where nobody does yet. */
  async publishHeard(text: string, timeoutMs: number): Promise<boolean> {
    this.startPublisher();
    if (this.publish(text)) return true;
    await settlesWithin(this.#context.table.clock, this.#heard.promise, timeoutMs);
    return this.publish(text);
  }

  close(): void {
    for (const { socket } of this.#links.values()) socket.close();
    this.#publisher?.endpoints.close();
  }

  #link(address: DialAddress, lane = "", server?: string): RequestSocket {
    const key = [address.host, address.port, lane, server].join("\n");
    const known = this.#links.get(key);
    if (known !== undefined) return known.socket;
    // A server that has moved is not to be found where it was.
    this.#giveUp((other) => other === server);
    const socket = new RequestSocket(this.#context);
    socket.endpoints.connect(address);
    this.#links.set(key, { socket, server });
    return socket;
  }

  #giveUp(isGone: (server: string) => boolean): void {
    for (const [key, { socket, server }] of this.#links) {
      if (server === undefined || !isGone(server)) continue;
      socket.close();
      this.#links.delete(key);
    }
  }
}

/** Undefined where it cannot be dialled, nobody answers in time, or what comes is no reply. */
async function ask(link: () => RequestSocket, request: Fields, timeoutMs: number): Promise<Replied | undefined> {
  try {
    const { frames, sentMs, arrivedMs } = await link().request([encodeMessage(request, "msgpack")], timeoutMs);
    const [octets] = frames;
    const decoded = octets && decodeMessage(octets);
    const data = decoded?.kind === "value" ? (decoded.value as { readonly data?: unknown } | null)?.data : undefined;
    return isMap(data) ? { data, sentMs, arrivedMs } : undefined;
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
