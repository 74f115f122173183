// All actor types of the messaging family, made with what they need from outside.
import { createBroker } from "../broker/broker.ts";
import { createRequesterSession } from "../broker/requester-session.ts";
import { createWorkerSession } from "../broker/worker-session.ts";
import { KeptLamportClock } from "../clocks/kept-lamport.ts";
import { createMessagingTypes } from "../messaging/messaging-catalog.ts";
import { createAdminSession } from "./admin-session.ts";
import { Administration } from "./administration.ts";
import { ClockCeiling } from "./clock-ceiling.ts";
import { NodeClocks } from "./node-clocks.ts";
import { createReferenceSession } from "./reference-session.ts";
import { createReference } from "./reference.ts";
import { RemoteStore } from "./remote-store.ts";
import { createRequestDesk } from "./request-desk.ts";
import { createServerOutlet } from "./server-outlet.ts";
import { createServer } from "./server.ts";
import type { ServerServices } from "./services.ts";
import { createStoreSession } from "./store-session.ts";

export function createServerTypes(services: ServerServices) {
  const lamport: KeptLamportClock = new KeptLamportClock(services.hasJoined ? () => home.exchange() : undefined);
  const home = new RemoteStore(lamport, services.askStore);
  const clocks = new NodeClocks(services.hardwareMs, lamport, services.sleepCount);
  const { server: port } = services;
  const broker = createBroker({ servesItself: services.serves });
  const reference = createReference();
  const outlet = createServerOutlet({ port, clocks });
  const server = createServer({ port, clocks, outlet });
  const types = {
    ...createMessagingTypes(services, clocks.lamport),
    clockCeiling: ClockCeiling,
    requestBroker: broker,
    requesterSession: createRequesterSession({ broker, clocks: clocks.ofRequests }),
    workerSession: createWorkerSession(broker),
    requestDesk: createRequestDesk(clocks.ofRequests, home),
    storeSession: createStoreSession(clocks),
    reference,
    referenceSession: createReferenceSession({ reference, server, clocks, broker, port, proxy: services.proxy }),
    server,
    serverOutlet: outlet,
    adminSession: createAdminSession({ server, clocks }),
  };
  return { types, clocks, administration: new Administration(services.administration, () => clocks.timeText()) };
}
