// What the gateway and the metrics are given of the servers: what operators ask by, and how this node stands among them.
import type { PublicationFigures, ServerFigures } from "./observe/figures.ts";
import type { NodeServerPort, ServerSockets } from "./server-port.ts";

interface Sources {
  status(): Promise<ServerFigures["server"]>;
  /** Undefined of a node that is not the home. */
  readonly home: { broker(): Promise<ServerFigures["broker"]>; publications(): PublicationFigures } | undefined;
}

/** Nobody answers before there are sockets. */
export function administrationPort(port: NodeServerPort): ServerSockets["administration"] {
  return {
    askReference: async (service, data) => port.sockets?.administration.askReference(service, data),
    askServer: async (to, service, data) => port.sockets?.administration.askServer(to, service, data),
    keepServers: (names) => port.sockets?.administration.keepServers(names),
    announce: async (text) => port.sockets?.administration.announce(text) ?? false,
  };
}

/** Undefined where the actors do not answer: the other metrics are shown all the same. */
export function createServerFigures({ status, home }: Sources): () => Promise<ServerFigures | undefined> {
  return async () => {
    try {
      const [server, broker] = await Promise.all([status(), home?.broker()]);
      return { server, broker, publications: home?.publications() };
    } catch {
      return undefined;
    }
  };
}
