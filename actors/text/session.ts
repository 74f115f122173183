// The text session: each connection is one actor that takes commands, one line each, and answers in order.
import { Refusal, RuntimeError, session, t } from "#runtime/mod.ts";

import { noticeLine } from "../chat/lines.ts";
import { idKey } from "../chat/names.ts";
import { Person } from "../chat/person.ts";
import { Room } from "../chat/room.ts";
import type { Answer, TextServices, TextSession, TextState, Vocabulary } from "../commands/command.ts";
import { followRoom, forwardAll, forwardNothing, unfollowRoom } from "../commands/forwarding.ts";
import { parseCommand, type ParsedCommand } from "../commands/parse-command.ts";
import { errorReply } from "../commands/sentences.ts";
import { BoundSchema, FollowSchema, type SessionName, TokenSchema } from "../commands/session-methods.ts";
import { fullBudget, spend } from "./budget.ts";
import type { Client, ClientLog } from "./client-log.ts";

export interface TextSessionServices extends TextServices {
  readonly vocabulary: Vocabulary;
  readonly log: ClientLog;
}

const GoneSchema = t.Object({ type: t.String(), key: t.String(), reason: t.String() });
const ENDING = /\r?\n$/;

/** Lines in and lines out, each with its ending; `name` says over what. The session types differ in nothing else. */
export function createTextSession(name: SessionName, services: TextSessionServices) {
  const { log } = services;
  return session(name, {
    state: (): TextState => ({ id: "", rooms: [], binding: undefined, controlKey: "", ...fullBudget() }),
    opened: (me: TextSession) => log.connected(clientOf(me), me.turnStartedAt),
    message: (me: TextSession, message: string) => take(name, services, me, message),
    closed: (me: TextSession, reason) => log.disconnected(clientOf(me), reason, me.turnStartedAt),
  })
    .on("idHeld", { in: t.String({ description: "The session that has this one's id now, as type/key" }) }, (me, by) => {
      if (by === `${name}/${me.key}`) return;
      me.send(noticeLine("replaced", "Outra conexão assumiu este identificador."));
      me.end("replaced");
    })
    .on("bind", { in: TokenSchema, out: BoundSchema }, (me, { secret, dataKey }) => {
      const { id, rooms, binding } = me.state;
      if (id === "" || binding === undefined || binding.secret !== secret) throw me.refuse("chat.no_binding");
      // A token binds once: whoever overhears it comes too late.
      me.state.binding = { secret: "", dataKey };
      me.watch({ type: "datagram-session", key: dataKey }, "dataGone");
      forwardNothing(me);
      return { id, rooms };
    })
    .on("dataGone", { in: GoneSchema }, (me, { key }) => {
      if (me.state.binding?.dataKey !== key) return;
      me.state.binding = undefined;
      forwardAll(me);
      me.send(noticeLine("udp_lost", "Os datagramas não chegam; as mensagens vêm por TCP."));
    })
    .on("controlGone", { in: GoneSchema }, (me) => me.end("control_gone"))
    .on("follow", { in: FollowSchema }, (me, { room }) => followRoom(me, room))
    .on("unfollow", { in: FollowSchema }, (me, { room }) => unfollowRoom(me, room));
}

function take(
  name: SessionName,
  services: TextSessionServices,
  me: TextSession,
  message: string,
): void | Promise<void> {
  const line = message.replace(ENDING, "");
  const ending = message.slice(line.length);
  const parsed = parseCommand(line, services.vocabulary);
  if (parsed.kind === "empty") return undefined;
  const { tag, command } = parsed;
  if (parsed.kind === "wrong") {
    services.log.command(clientOf(me), command?.name ?? "comando desconhecido", me.turnStartedAt);
    return refused(me, tag, ending, parsed.code, command?.usage);
  }
  const shown = command?.logged?.(parsed.input) ?? "";
  services.log.command(clientOf(me), `${parsed.command.name} ${shown}`.trimEnd(), me.turnStartedAt);
  const run = (): void | Promise<void> => obey(name, services, me, parsed, ending);
  const waitMs = parsed.command.budgeted === true ? spend(me.state, me.turnStartedMs) : 0;
  return waitMs === 0 ? run() : me.sleep(waitMs).then(run);
}

/** A refusal is an answer, and so is an actor that could not be asked. Whatever else is thrown is a crash. */
function obey(
  name: SessionName,
  services: TextSessionServices,
  me: TextSession,
  parsed: ParsedCommand,
  ending: string,
): void | Promise<void> {
  const { tag, command, input } = parsed;
  const before = me.state.id;
  const answered = (answer: Answer): void | Promise<void> => {
    reply(me, parsed, ending, answer);
    if (before === "" && me.state.id !== "") services.log.named(clientOf(me), me.unixMs());
    if (command.said !== undefined) services.log.said(clientOf(me), command.said(input));
    if (typeof answer !== "string" && answer.end !== undefined) return leave(name, me, answer.end);
    return undefined;
  };
  const failed = (error: unknown): void => {
    if (!(error instanceof Refusal || error instanceof RuntimeError)) throw error;
    refused(me, tag, ending, error.code, command.usage);
  };
  try {
    if (command.control === true && me.state.controlKey !== "") throw me.refuse("chat.control_on_tcp");
    if (command.needsId === true && me.state.id === "") throw me.refuse("chat.hello_first");
    const { vocabulary } = services;
    const answer = command.run({ session: me, own: { type: name, key: me.key }, services, vocabulary, tag }, input);
    if (answer instanceof Promise) return answer.then(answered).catch(failed);
    return answered(answer);
  } catch (error) {
    return failed(error);
  }
}

function reply(
  me: TextSession,
  { tag, command }: ParsedCommand,
  ending: string,
  answer: Answer,
): void {
  const { reply: text, lines = [] } = typeof answer === "string" ? { reply: answer } : answer;
  me.send(`${tagged(tag)}${command.name}: ${text}${endingOf(me, ending)}`);
  for (const line of lines) me.send(line);
}

function refused(me: TextSession, tag: string, ending: string, code: string, usage = ""): void {
  me.countRefusal(code);
  me.send(`${tagged(tag)}${errorReply(code, usage)}${endingOf(me, ending)}`);
}

const tagged = (tag: string): string => (tag === "" ? "" : `#${tag} `);

/** That of the command. Where lines come unasked too, each must end: whoever has an id may be told something any time. */
function endingOf({ state }: TextSession, ending: string): string {
  return ending === "" && state.id !== "" ? "\n" : ending;
}

/** Whoever says goodbye leaves its rooms and its id first; of everybody else those learn by their watches. */
async function leave(name: SessionName, me: TextSession, reason: string): Promise<void> {
  const { id, rooms, controlKey } = me.state;
  const session = { type: name, key: me.key };
  if (id !== "" && controlKey === "") {
    const left = rooms.map((room) => me.ref(Room, room).leave({ id, session, reason }));
    await Promise.allSettled([...left, me.ref(Person, idKey(id)).release(session)]);
  }
  me.end(reason);
}

function clientOf({ connection, state }: TextSession): Client {
  const { id, remoteAddress, remotePort, transport } = connection;
  const number = id.slice(id.lastIndexOf("-") + 1);
  return { number, id: state.id, address: `${remoteAddress}:${remotePort}`, transport };
}
