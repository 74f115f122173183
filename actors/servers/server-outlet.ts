// What a server says to others leaves here, and answers come back as messages: nobody's turn waits for the network.
import { actor, limits, t } from "#runtime/mod.ts";

import type { Ask, Request } from "../election/messages.ts";
import { electionTimes } from "../election/times.ts";
import type { NodeClocks } from "./node-clocks.ts";
import { type KnownServer, KnownServerSchema } from "./reference.ts";
import { FieldsSchema, NamedSchema, ownServer, parseServers, SERVER_KEY } from "./server-addresses.ts";
import {
  announcementText,
  electionData,
  parseAnswerData,
  parseGroupData,
  parseReadingData,
  parseRefusal,
} from "./server-messages.ts";
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
  return actor("server-outlet", {
    about: "What this server says to others leaves by it",
    internal: true,
    state: () => ({}),
  })
    .read("register", { in: NamedSchema }, async (outlet, { name }) => {
      const own = outlet.ref(ownServer, SERVER_KEY);
      // Whatever either has been told meanwhile, its home does not take this clock for one of the future.
      await clocks.lamport.agree();
      const reply = await refer("heartbeat", { user: name, address: port.address, instance: port.instance });
      const refusal = parseRefusal(reply);
      if (refusal !== undefined) return void own.tell.notRegistered({ name, ...refusal });
      const { rank } = reply;
      const { list } = isRank(rank) ? await refer("list", {}) : {};
      const group = parseGroupData(reply);
      if (!isRank(rank) || list === undefined) return;
      own.tell.listed({ name, rank, servers: parseServers(list), ...(group === undefined ? {} : { group }) });
    })
    .read("ask", { in: AskSchema }, async (outlet, { from, to, ask }) => {
      const own = outlet.ref(ownServer, SERVER_KEY);
      const reply = await say(
        to,
        "election",
        electionData(from, ask.message),
        patienceMs(ask.message.kind, port.heartbeatMs),
      );
      if (reply !== undefined) own.tell.answered({ ask, message: parseAnswerData(reply.data) });
      else if (ask.message.kind === "query") own.tell.unreachable({ name: to.name });
    })
    .read("poll", { in: t.Object({ to: KnownServerSchema }) }, async (outlet, { to }) => {
      const own = outlet.ref(ownServer, SERVER_KEY);
      const reply = await say(to, "clock", {}, limits.clockRoundTripMsMax);
      const reading = reply && parseReadingData(reply.data);
      if (reply === undefined) return;
      if (reading === undefined) return outlet.countRefusal("clock.bad_time");
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

/** A late answer still counts where something was granted or accepted: only a query has others to turn to soon. */
function patienceMs(kind: Request["kind"], heartbeatMs: number): number {
  const { askMs, voteMs, leaseMs } = electionTimes(heartbeatMs);
  if (kind === "query") return askMs;
  return kind === "vote" ? voteMs : leaseMs / 2;
}

function isRank(rank: unknown): rank is number {
  return Number.isSafeInteger(rank) && (rank as number) >= 1;
}
