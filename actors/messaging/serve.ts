// One request, one reply: the clocks first, then the service that it names.
import { limits, RuntimeError } from "#runtime/mod.ts";

import { type Answer, answers, type Fields, isGiven, type Outcome } from "./answers.ts";
import type { Desk } from "./desk.ts";
import { clockProblem, type Problem, problems, unavailable } from "./problems.ts";

export interface Reply {
  readonly service: string;
  readonly data: Fields;
}

/**
 * `request` is what came, decoded, whatever it is: where it is no map of a service and its data, or nobody knows the
 * service, the reply is an `error`. When the reply is given, what it says is stored. Without time and clocks a request
 * is served too; for a clock that is none, or is too far ahead, nothing is done. With an `id` it is done once: the
 * reply to a repeat says what the first one said, at the time of the repeat. Rejects only where the store rejects with
 * something else than a `RuntimeError`.
 */
export async function serve(desk: Desk, request: unknown): Promise<Reply> {
  const { clocks, counters } = desk;
  if (!isMap(request) || typeof request["service"] !== "string" || !isMap(request["data"])) {
    return errorReply(desk, problems.badRequest);
  }
  const { service, data } = request;
  const refused = await receiveClocks(desk.clocks, data);
  const answer = answers.get(service);
  if (answer === undefined) return errorReply(desk, problems.unknownService);
  const timestamp = clocks.timeText();
  const outcome = refused === undefined ? await attempt(desk, answer, data, timestamp) : { problem: refused };
  if ("problem" in outcome) counters.countRefusal(outcome.problem.reason);
  const fields =
    "problem" in outcome ? { status: "erro", [answer.problemField]: outcome.problem.text } : outcome.fields;
  const hybrid = isGiven(data["hlc"]) ? { hlc: clocks.hybrid.tick() } : {};
  return { service, data: { ...fields, timestamp, clock: clocks.lamport.tick(), ...hybrid } };
}

function errorReply({ clocks, counters }: Desk, { reason, text }: Problem): Reply {
  counters.countRefusal(reason);
  return { service: "error", data: { status: "erro", message: text, clock: clocks.lamport.tick() } };
}

/** Undefined where there is no problem with them. */
export async function receiveClocks(clocks: Desk["clocks"], { clock, hlc }: Fields): Promise<Problem | undefined> {
  try {
    const refused = isGiven(clock) ? await clocks.lamport.receive(clock) : undefined;
    if (refused !== undefined) return clockProblem("clock", refused);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return unavailable(error.code);
  }
  const hybridRefused = isGiven(hlc) ? clocks.hybrid.receive(hlc) : undefined;
  return hybridRefused && clockProblem("hlc", hybridRefused);
}

async function attempt(desk: Desk, answer: Answer, data: Fields, time: string): Promise<Outcome> {
  const id = data["id"] ?? undefined;
  if (!isId(id)) return { problem: problems.badId };
  try {
    return await answer.give(desk, { data, id, time });
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return { problem: unavailable(error.code) };
  }
}

function isMap(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** No name of a result has NUL in it. */
function isId(id: unknown): id is string | undefined {
  if (id === undefined) return true;
  if (typeof id !== "string" || id.length === 0 || id.length > limits.messagingIdLengthMax) return false;
  return id.isWellFormed() && !id.includes("\0");
}
