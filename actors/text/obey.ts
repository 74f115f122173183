// One line of a client: parsed, logged, paid for, run, and answered. What goes wrong on the way is an answer too.
import { limits, Refusal, RuntimeError } from "#runtime/mod.ts";

import { idKey } from "../chat/names.ts";
import { Person } from "../chat/person.ts";
import { Room } from "../chat/room.ts";
import type { Answer, Caller, TextServices, TextSession, Vocabulary } from "../commands/command.ts";
import { forwardNothing } from "../commands/forwarding.ts";
import { parseCommand, type ParsedCommand } from "../commands/parse-command.ts";
import { errorReply } from "../commands/sentences.ts";
import { spend } from "./budget.ts";
import { type ClientLog, clientOf } from "./client-log.ts";

export interface TextSessionServices extends TextServices {
  readonly vocabulary: Vocabulary;
  readonly log: ClientLog;
}

/** Whose line it is. */
export type Speaker = Omit<Caller, "tag"> & { readonly services: TextSessionServices };

/** A command, and how its line ended. */
type Order = ParsedCommand & { readonly ending: string };

const ENDING = /\r?\n$/;

/** `message` is one line, with the ending it came with. */
export function obeyLine(speaker: Speaker, message: string): void | Promise<void> {
  const { session: me, services, vocabulary } = speaker;
  const line = message.replace(ENDING, "");
  const ending = message.slice(line.length);
  const parsed = parseCommand(line, vocabulary);
  if (parsed.kind === "empty") return undefined;
  const { command } = parsed;
  const shown = parsed.kind === "command" ? (command?.logged?.(parsed.input) ?? "") : "";
  services.log.command(clientOf(me), `${command?.name ?? "comando desconhecido"} ${shown}`.trimEnd(), me.turnStartedAt);
  const goOn = (): void | Promise<void> => {
    if (parsed.kind === "wrong") return refuse(me, { ...parsed, ending }, parsed.code);
    return obey(speaker, { ...parsed, ending });
  };
  const cost = command?.budgeted === true && parsed.kind === "command" ? 1 : limits.cheapCommandCost;
  const waitMs = spend(me.state, cost, me.turnStartedMs);
  return waitMs === 0 ? goOn() : me.sleep(waitMs).then(goOn);
}

/** A refusal is an answer, and so is an actor that could not be asked. Whatever else is thrown is a crash. */
function obey(speaker: Speaker, order: Order): void | Promise<void> {
  const { session: me } = speaker;
  const failed = (error: unknown): void => {
    if (!(error instanceof Refusal || error instanceof RuntimeError)) throw error;
    refuse(me, order, error.code);
  };
  const wasNobody = me.state.id === "";
  try {
    const answer = run(speaker, order);
    if (!(answer instanceof Promise)) return answered(speaker, order, answer, wasNobody);
    return answer.then((value) => answered(speaker, order, value, wasNobody)).catch(failed);
  } catch (error) {
    return failed(error);
  }
}

function run(speaker: Speaker, { command, input, tag }: Order): Answer | Promise<Answer> {
  const { session: me } = speaker;
  if (command.control === true && me.state.controlKey !== "") throw me.refuse("chat.control_on_tcp");
  if (command.needsId === true && me.state.id === "") throw me.refuse("chat.hello_first");
  return command.run({ ...speaker, tag }, input);
}

function answered(speaker: Speaker, order: Order, answer: Answer, wasNobody: boolean): void | Promise<void> {
  const { session: me, services } = speaker;
  const { command, input, tag, ending } = order;
  const { reply, lines = [], end } = typeof answer === "string" ? { reply: answer } : answer;
  me.send(`${tagged(tag)}${command.name}: ${reply}${endingOf(me, ending)}`);
  for (const line of lines) me.send(line);
  if (wasNobody && me.state.id !== "") services.log.named(clientOf(me), me.unixMs());
  if (command.said !== undefined) services.log.said(clientOf(me), command.said(input));
  return end === undefined ? undefined : leave(speaker, end);
}

interface RefusedLine {
  readonly tag: string;
  readonly ending: string;
  readonly command?: { readonly usage: string } | undefined;
}

function refuse(me: TextSession, { tag, ending, command }: RefusedLine, code: string): void {
  me.countRefusal(code);
  me.send(`${tagged(tag)}${errorReply(code, command?.usage)}${endingOf(me, ending)}`);
}

const tagged = (tag: string): string => (tag === "" ? "" : `#${tag} `);

/** That of the command. Whoever has an id may be told something any time: then each line must end. */
function endingOf({ state }: TextSession, ending: string): string {
  return ending === "" && state.id !== "" ? "\n" : ending;
}

/** Whoever says goodbye leaves its rooms and its id first; of everybody else those learn by their watches. */
async function leave({ session: me, own }: Speaker, reason: string): Promise<void> {
  const { id, rooms, controlKey } = me.state;
  if (id !== "" && controlKey === "") {
    forwardNothing(me, own);
    const left = rooms.map((room) => me.ref(Room, room).leave({ id, session: own, reason }));
    await Promise.allSettled([...left, me.ref(Person, idKey(id)).release(own)]);
  }
  me.end(reason);
}
