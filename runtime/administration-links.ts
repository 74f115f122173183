// What an operator's questions go by: connections of their own, so that nothing he asks holds up what servers ask.
import { hardwareMsAt } from "./base/clock.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import { dialAddressOf, type ServerAddress } from "./server-address.ts";
import { type HomePorts, type Replied, ServerLinks } from "./server-links.ts";

type Fields = Readonly<Record<string, unknown>>;

interface LinksOptions {
  readonly table: ConnectionTable;
  /** Where the reference and the proxy are. */
  readonly home: string;
  readonly ports: Omit<HomePorts, "store">;
  readonly serverPortBase: number;
  /** For each answer. */
  readonly timeoutMs: number;
}

/** What `actors/servers/administration.ts` asks for. Dials when somebody is first asked. */
export class AdministrationLinks {
  readonly #options: LinksOptions;
  readonly #links: ServerLinks;

  constructor(options: LinksOptions) {
    const { table, home, ports } = options;
    this.#options = options;
    // Nothing that is stored is asked for.
    this.#links = new ServerLinks(table, home, { ...ports, store: 0 });
  }

  async askReference(service: string, data: Fields): Promise<Replied | undefined> {
    return byThisMachine(await this.#links.askReference(service, data, this.#options.timeoutMs));
  }

  async askServer(to: ServerAddress, service: string, data: Fields): Promise<Replied | undefined> {
    const { home, serverPortBase, timeoutMs } = this.#options;
    const where = dialAddressOf(to, home, serverPortBase);
    if (where === undefined) return undefined;
    return byThisMachine(await this.#links.askServer(to.name, where, { service, data }, timeoutMs));
  }

  keepServers(names: ReadonlySet<string>): void {
    this.#links.keepServers(names);
  }

  announce(text: string): Promise<boolean> {
    return this.#links.publishHeard(text, this.#options.timeoutMs);
  }

  /** What was sent still leaves. */
  close(): void {
    this.#links.close();
  }
}

function byThisMachine(reply: Replied | undefined): Replied | undefined {
  return reply && { data: reply.data, sentMs: hardwareMsAt(reply.sentMs), arrivedMs: hardwareMsAt(reply.arrivedMs) };
}
