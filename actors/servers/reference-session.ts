// The session of whoever speaks to the reference: servers to be listed, and others to hear of them and of the queues.
import { limits, parseHostAddress, t, Value } from "#runtime/mod.ts";

import { BROKER_KEY } from "../broker/broker-addresses.ts";
import type { BrokerType } from "../broker/broker.ts";
import type { NodeClocks } from "./node-clocks.ts";
import { type createReference, type KnownServer, REFERENCE_KEY } from "./reference.ts";
import { SERVER_KEY } from "./server-addresses.ts";
import { groupData } from "./server-messages.ts";
import { parseServerName, SERVER_NAME_LENGTH_MAX } from "./server-name.ts";
import type { ServerType } from "./server.ts";
import { createServiceSession, type ServiceAnswer, type ServiceContext } from "./service-session.ts";
import type { Fields, GroupSettings, ProxyPort, ServerPort } from "./services.ts";

type ReferenceType = ReturnType<typeof createReference>;

interface ReferenceParts {
  readonly reference: ReferenceType;
  /** Of this process: it knows who coordinates. */
  readonly server: ServerType;
  readonly clocks: NodeClocks;
  readonly broker: BrokerType;
  readonly proxy: ProxyPort;
  readonly port: Pick<ServerPort, "addressOf" | keyof GroupSettings>;
}

const REFERENCE_SESSION = "reference-session";

const InstanceSchema = t.String({ pattern: `^[!-~]{1,${SERVER_NAME_LENGTH_MAX}}$` });

const TEXTS: ReadonlyMap<string, string> = new Map([
  ["reference.bad_name", "nome de servidor inválido"],
  ["reference.bad_address", "endereço inválido"],
  ["reference.bad_instance", "instância inválida"],
  ["reference.name_taken", "outro servidor vivo tem este nome"],
  ["reference.full", "servidores demais"],
  ["bad_clock", "clock inválido"],
  ["clock_from_future", "clock muito adiantado"],
]);

export function createReferenceSession(parts: ReferenceParts) {
  const { reference, server, clocks, broker, proxy, port } = parts;
  const hear = async (me: ServiceContext, { user, address, instance }: Fields): Promise<Fields> => {
    const name = parseServerName(user);
    if (name === undefined) throw me.refuse("reference.bad_name");
    // Whoever does not say where he is, is where he speaks from.
    const host = address ?? me.connection.remoteAddress;
    if (typeof host !== "string" || parseHostAddress(host) === undefined) throw me.refuse("reference.bad_address");
    const heard = { name, address: host, session: { type: REFERENCE_SESSION, key: me.key } };
    if (instance === undefined || instance === null) return me.ref(reference, REFERENCE_KEY).hear(heard);
    if (!Value.Check(InstanceSchema, instance)) throw me.refuse("reference.bad_instance");
    return { ...(await me.ref(reference, REFERENCE_KEY).hear({ ...heard, instance })), ...groupData(port) };
  };
  return createServiceSession(REFERENCE_SESSION, {
    clocks: clocks.ofPeers,
    texts: TEXTS,
    answers: new Map<string, ServiceAnswer>([
      ["rank", hear],
      ["heartbeat", hear],
      [
        "list",
        async (me: ServiceContext) => {
          const all = await me.ref(reference, REFERENCE_KEY).list();
          return { list: all.map((each) => ({ ...listed(each), address: port.addressOf(each) })) };
        },
      ],
      [
        "leave",
        async (me: ServiceContext, { user, instance }: Fields) => {
          const name = parseServerName(user);
          if (name === undefined) throw me.refuse("reference.bad_name");
          if (!Value.Check(InstanceSchema, instance)) throw me.refuse("reference.bad_instance");
          await me.ref(reference, REFERENCE_KEY).leave({ name, instance });
          return { status: "OK" };
        },
      ],
      ["clock", async () => ({ time: clocks.timeS })],
      ["election", async (me: ServiceContext) => ({ election: "OK", ...(await coordinatorOf(me, server)) })],
      [
        "queues",
        async (me: ServiceContext) => ({
          broker: await me.ref(broker, BROKER_KEY).figures(),
          publications: proxy.figures(),
          slow: proxy.slowest(limits.slowSubscribersMax),
        }),
      ],
    ]),
  });
}

/** As existing programs know it; that a server votes is said of those of this kind alone. */
function listed({ votes, ...server }: KnownServer): Fields {
  return votes ? { ...server, votes } : server;
}

/** Undefined as long as nobody coordinates, and is left out then. */
async function coordinatorOf(me: ServiceContext, server: ServerType): Promise<Fields> {
  const { coordinator, epoch } = await me.ref(server, SERVER_KEY).status();
  return { coordinator, epoch };
}
