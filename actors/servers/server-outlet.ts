// What a server says to others leaves here, and answers come back as messages: nobody's turn waits for the network.
import { actor, limits, t } from "#runtime/mod.ts";

import type { Ask, Request } from "../election/messages.ts";
import { electionTimes } from "../election/times.ts";
import type { NodeClocks } from "./node-clocks.ts";
import { type KnownServer, KnownServerSchema } from "./reference.ts";
import { FieldsSchema, NamedSchema, ownServer, parseServers, SERVER_KEY } from "./server-addresses.ts";
import { announcementText, electionData, parseAnswerData, parseReadingData } from "./server-messages.ts";
import type { Fields, ServerPort } from "./services.ts";

interface OutletParts {
  readonly port: ServerPort;
  readonly clocks: NodeClocks;
}

const AskSchema = t.Object({
  from: t.String(),
  to: KnownServerSchema,
  ask: t.Unsafe<Ask>(t.Unknown()),
});

/** All its methods are reads: none waits for what a dead server does not answer another. Key `OUTLET_KEY`. */
export function createServerOutlet({ port, clocks }: OutletParts) {
  const { askMs, voteMs, leaseMs } = electionTimes(port.heartbeatMs);
  // A late answer still counts where something was granted or accepted: only a query has others to turn to soon.
  const patienceMs: Readonly<Record<Request["kind"], number>> = {
    query: askMs,
    vote: voteMs,
    announcement: leaseMs / 2,
    heartbeat: leaseMs / 2,
  };
  const stamped = (data: Fields): Fields => ({ ...data, timestamp: clocks.timeText(), clock: clocks.lamport.tick() });
  const refer = async (service: string, data: Fields): Promise<Fields> => {
    const reply = await port.askReference(service, stamped(data));
    if (reply?.data["clock"] !== undefined) await clocks.lamport.receive(reply.data["clock"]);
    return reply?.data ?? {};
  };
  const say = async (to: KnownServer, service: string, data: Fields, timeoutMs: number) => {
    const reply = await port.askServer(to, service, stamped(data), timeoutMs);
    if (reply?.data["clock"] !== undefined) await clocks.lamport.receiveOfPeer(reply.data["clock"]);
    return reply;
  };
  return actor("server-outlet", { state: () => ({}) })
    .read("register", { in: NamedSchema }, async (outlet, { name }) => {
      const own = outlet.ref(ownServer, SERVER_KEY);
      // Whatever either has been told meanwhile, its home does not take this clock for one of the future.
      await clocks.lamport.agree();
      const { rank, status } = await refer("heartbeat", { user: name, address: port.address, instance: port.instance });
      if (status === "erro") return void own.tell.notRegistered({ name });
      const { list } = typeof rank === "number" ? await refer("list", {}) : {};
      if (list !== undefined) own.tell.listed({ name, rank: rank as number, servers: parseServers(list) });
    })
    .read("ask", { in: AskSchema }, async (outlet, { from, to, ask }) => {
      const own = outlet.ref(ownServer, SERVER_KEY);
      const reply = await say(to, "election", electionData(from, ask.message), patienceMs[ask.message.kind]);
      if (reply !== undefined) own.tell.answered({ ask, message: parseAnswerData(reply.data) });
      else if (ask.message.kind === "query") own.tell.unreachable({ name: to.name });
    })
    .read("poll", { in: t.Object({ to: KnownServerSchema }) }, async (outlet, { to }) => {
      const own = outlet.ref(ownServer, SERVER_KEY);
      const reply = await say(to, "clock", {}, limits.clockRoundTripMsMax);
      const reading = reply && parseReadingData(reply.data);
      if (reply === undefined || reading === undefined) return;
      own.tell.polled({ name: to.name, sentMs: reply.sentMs, arrivedMs: reply.arrivedMs, reading });
    })
    .read("instruct", { in: t.Object({ to: KnownServerSchema, data: FieldsSchema }) }, async (_, { to, data }) => {
      await say(to, "clock", data, limits.clockRoundTripMsMax);
    })
    .read("announce", { in: t.Object({ coordinator: t.String() }) }, (_, { coordinator }) => {
      port.announce(announcementText(stamped({ coordinator })));
    });
}

export type ServerOutletType = ReturnType<typeof createServerOutlet>;
