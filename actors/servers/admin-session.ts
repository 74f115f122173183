// The session of whoever asks this server itself, at its admin endpoint: other servers, and operators.
import { Value } from "#runtime/mod.ts";

import type { NodeClocks } from "./node-clocks.ts";
import { SERVER_KEY, TimeSchema } from "./server-addresses.ts";
import { InstructionSchema, parseElectionData, readingData } from "./server-messages.ts";
import type { ServerType } from "./server.ts";
import { createServiceSession, type ServiceAnswer, type ServiceContext } from "./service-session.ts";
import type { Fields } from "./services.ts";

interface AdminParts {
  readonly server: ServerType;
  readonly clocks: NodeClocks;
}

const TEXTS: ReadonlyMap<string, string> = new Map([
  ["clock.too_far", "hora muito distante"],
  ["clock.stale_epoch", "coordenador de uma época passada"],
  ["clock.not_accepted", "não é o coordenador aceito"],
  ["clock.bad_time", "hora inválida"],
  ["clock.set_by_hand", "relógio acertado à mão"],
  ["clock.bad_instruction", "instrução inválida"],
  ["election.bad_message", "mensagem de eleição inválida"],
  ["bad_clock", "clock inválido"],
  ["clock_from_future", "clock muito adiantado"],
]);

export function createAdminSession({ server, clocks }: AdminParts) {
  const clock = async (me: ServiceContext, data: Fields): Promise<Fields> => {
    if (Value.Check(InstructionSchema, data)) await me.ref(server, SERVER_KEY).instructed(data);
    else if (isInstruction(data)) throw me.refuse("clock.bad_instruction");
    else if (Value.Check(TimeSchema, data)) await me.ref(server, SERVER_KEY).told({ time: data.time });
    else if (data["time"] !== undefined) throw me.refuse("clock.bad_time");
    return readingData(clocks.readingAt(clocks.hardwareMs));
  };
  const election = async (me: ServiceContext, data: Fields): Promise<Fields> => {
    const asked = parseElectionData(data);
    if (asked === undefined && isObject(data["message"])) throw me.refuse("election.bad_message");
    const own = me.ref(server, SERVER_KEY);
    if (asked !== undefined) return own.requested(asked);
    const { coordinator, epoch, role } = await own.status();
    return { election: "OK", coordinator, epoch, role };
  };
  return createServiceSession("server-session", {
    clocks: clocks.ofPeers,
    texts: TEXTS,
    answers: new Map<string, ServiceAnswer>([
      ["clock", clock],
      ["election", election],
      ["status", async (me) => ({ ...(await me.ref(server, SERVER_KEY).status()) })],
    ]),
  });
}

/** Of a coordinator of this kind: existing ones say a time, and no epoch. */
function isInstruction(data: Fields): boolean {
  return ["epoch", "correction", "differenceMs"].some((field) => (data[field] ?? undefined) !== undefined);
}

/** As servers of this kind send each other. */
function isObject(message: unknown): boolean {
  return typeof message === "object" && message !== null;
}
