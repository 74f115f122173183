// The server that this process is: registered at the reference, part of elections, and coordinator of clocks in office.
import { actor } from "#runtime/mod.ts";

import { ElectionHistory, HistoryQuerySchema, HistorySchema } from "./election-history.ts";
import { OwnServer, type ServerParts, type ServerState, type ServerTurn } from "./own-server.ts";
import {
  AnsweredSchema,
  FieldsSchema,
  ListedSchema,
  NamedSchema,
  NotRegisteredSchema,
  OUTLET_KEY,
  PolledSchema,
  RequestedSchema,
  StatusSchema,
  TimeSchema,
} from "./server-addresses.ts";
import { answerData, InstructionSchema } from "./server-messages.ts";
import { statusOf } from "./server-status.ts";

/** The reference's code. */
const NAME_TAKEN = "reference.name_taken";
const COMPLAINTS_MAX = 16;

const ABOUT = "This process as one of the servers of messages: its place in elections, and its clock";
const forgetful = (): ServerState => ({ memory: undefined });

/**
 * Key `SERVER_KEY`. Stored is what its election must remember; what it knows of others is not, and comes back with the
 * next heartbeat.
 */
export function createServer(parts: ServerParts) {
  const { port, clocks, outlet } = parts;
  const history = new ElectionHistory();
  const here: { attempt: number; own: OwnServer | undefined } = { attempt: 0, own: undefined };
  /** For which it is not listed, as the log has them already. */
  const complaints = new Set<string>();
  const register = (me: ServerTurn): void => {
    const name = here.own?.name ?? port.nameAt(here.attempt);
    if (name === undefined) here.attempt = 0;
    else me.ref(outlet, OUTLET_KEY).tell.register({ name });
  };
  return (
    actor("server", { about: ABOUT, internal: true, state: forgetful, durable: true, private: true })
      // From the runtime, each heartbeat: whatever became of the timers of a turn that crashed, they are set again.
      .on("beat", {}, (me) => {
        register(me);
        here.own?.look(me);
      })
      .on("look", {}, (me) => here.own?.look(me))
      .on("notRegistered", { in: NotRegisteredSchema }, (me, { name, reason, code }) => {
        if (!complaints.has(reason) && complaints.size < COMPLAINTS_MAX) {
          complaints.add(reason);
          port.log("Cannot register at the reference: tries again each heartbeat", { name, reason, code });
        }
        // Somebody else has the name: a former self that is not forgotten yet, or another server. Another name may be
        // free now; whatever else it is, and for a name that is given, will be no better before the next heartbeat.
        const isTaken = code === NAME_TAKEN && name === port.nameAt(here.attempt);
        if (here.own !== undefined || !isTaken || port.nameAt(here.attempt + 1) === name) return;
        here.attempt++;
        register(me);
      })
      .on("listed", { in: ListedSchema }, (me, { name, rank, servers, group }) => {
        complaints.clear();
        port.standAs(rank);
        const isOtherGroup = group !== undefined && port.adopt(group);
        const isFirst = here.own === undefined;
        // An election has one set of times.
        if (here.own === undefined || isOtherGroup) here.own = new OwnServer(me, name, rank, { ...parts, history });
        // It is listed where it can be reached only from the next time on.
        if (isFirst) register(me);
        else here.own.listed(me, rank, servers);
      })
      .on("answered", { in: AnsweredSchema }, (me, { ask, message }) => {
        here.own?.step(me, { kind: "answer", ask, message });
      })
      .on("unreachable", { in: NamedSchema }, (me, { name }) => {
        here.own?.step(me, { kind: "unreachable", name });
      })
      .on("polled", { in: PolledSchema }, (me, polled) => {
        here.own?.step(me, { kind: "heard", name: polled.name });
        here.own?.duty?.polled(polled);
      })
      .on("requested", { in: RequestedSchema, out: FieldsSchema }, (me, { from, message }) => {
        const effects = here.own?.step(me, { kind: "request", from, message }) ?? [];
        const reply = effects.find((effect) => effect.kind === "reply");
        return answerData(here.own?.election.coordinator, reply?.message);
      })
      .on("instructed", { in: InstructionSchema }, (me, { epoch, coordinator, ...what }) => {
        if (here.own === undefined) throw me.refuse("clock.not_accepted");
        refuseIf(me, here.own.election.instructionRefusal(epoch, coordinator));
        here.own.step(me, { kind: "heard", name: coordinator });
        refuseIf(me, clocks.correct(what));
      })
      .on("told", { in: TimeSchema }, (me, { time }) => refuseIf(me, clocks.setTo(time)))
      .read("elections", { in: HistoryQuerySchema, out: HistorySchema }, (_, query) => history.page(query))
      .read("status", { out: StatusSchema }, (me) => statusOf(here.own, clocks, me.monotonicMs()))
  );
}

export type ServerType = ReturnType<typeof createServer>;

function refuseIf(me: ServerTurn, problem: string | undefined): void {
  if (problem !== undefined) throw me.refuse(`clock.${problem}`);
}
