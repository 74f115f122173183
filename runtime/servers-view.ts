// What the gateway and the metrics are given of the servers: how this node stands among them, and what asks the others.
import type { Config } from "./config.ts";
import type { PublicationFigures, ServerFigures } from "./observe/figures.ts";

interface Sources<Status extends ServerFigures["server"], Elections, Administration> {
  readonly actors: {
    /** Of this node's own server. */
    status(): Promise<Status>;
    readonly elections: Elections;
    queues(): Promise<NonNullable<ServerFigures["broker"]>>;
  };
  readonly proxy: { figures(): PublicationFigures };
  readonly administration: Administration;
  readonly config: Config;
}

/** Undefined where this node has no part in them. */
export function createServersView<Status extends ServerFigures["server"], Elections, Administration>({
  actors,
  proxy,
  administration,
  config: { messaging },
}: Sources<Status, Elections, Administration>) {
  if (messaging.ports === undefined) return undefined;
  const isHome = messaging.home === undefined;
  /** Undefined where the actors do not answer: the other metrics are shown all the same. */
  const figures = async (): Promise<ServerFigures | undefined> => {
    try {
      const [server, broker] = await Promise.all([actors.status(), isHome ? actors.queues() : undefined]);
      return { server, broker, publications: isHome ? proxy.figures() : undefined };
    } catch {
      return undefined;
    }
  };
  const { elections } = actors;
  return { status: () => actors.status(), elections, administration, figures };
}
