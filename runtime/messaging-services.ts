// What the actors of the messaging family have of the process, and, once there are sockets, of the network.
import { RuntimeError } from "./core/errors.ts";
import type { MessagingConfig } from "./messaging-config.ts";
import type { Log } from "./observe/log.ts";
import type { PublicationProxy } from "./publication-proxy.ts";
import type { ServerAddress } from "./server-address.ts";
import { NodeServerPort } from "./server-port.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Whoever starts the listeners sets the proxy, and gives the server its sockets. */
export function createMessagingServices(config: MessagingConfig, log: Log) {
  const server = new NodeServerPort(config, log);
  const late: { proxy: PublicationProxy | undefined } = { proxy: undefined };
  const services = {
    server,
    serves: config.serves,
    hasJoined: config.home !== undefined,
    hardwareMs: () => server.hardware.nowMs(),
    sleepCount: () => server.hardware.sleepCount,
    publications: { send: (text: string) => void late.proxy?.publishText(text) },
    proxy: {
      figures: () => late.proxy?.figures() ?? { published: 0, delivered: 0, dropped: 0, subscribers: 0 },
      slowest: (countMax: number) => late.proxy?.slowest(countMax) ?? [],
    },
    // Nobody answers before there are sockets.
    administration: {
      askReference: async (service: string, data: Fields) => server.sockets?.administration.askReference(service, data),
      askServer: async (to: ServerAddress, service: string, data: Fields) =>
        server.sockets?.administration.askServer(to, service, data),
      keepServers: (names: ReadonlySet<string>) => server.sockets?.administration.keepServers(names),
      announce: async (text: string) => (await server.sockets?.administration.announce(text)) ?? false,
    },
    async askStore(service: string, data: Fields): Promise<Fields> {
      const reply = await server.sockets?.links.askStore(service, data);
      if (reply !== undefined) return reply.data;
      throw new RuntimeError("net.no_answer", `Cannot have "${service}" from the home of this server: no answer`);
    },
  };
  return { services, late };
}
