// What the server answers to the chat page, and tells it unasked.
import {
  isRoom,
  type Member,
  newPlace,
  note,
  olderComes,
  opened,
  pageComes,
  type Place,
  stored,
  take,
} from "./place.ts";
import type { Refusal, Reply, ServerLine } from "./server-line.ts";
import { ask, changePlace, type ChatState, type Notice, placeOf, type Request, type Step } from "./state.ts";
import { ANOTHER_TOOK_OVER, cameText, noticeText, notSentText, refusalText, sentText, wentText } from "./words.ts";

/** Refusals of these families stay what they are, however often one asks. */
const FINAL = /^(?:chat|text|account)\.|^$/;
const MEMBERS_MAX = 500;

export function hear(state: ChatState, line: ServerLine): Step {
  switch (line.kind) {
    case "reply":
      return withRequest(state, line, replied);
    case "refusal":
      return withRequest(state, line, refused);
    case "message":
      return only(changePlace(state, line.place, (place) => take(place, line.message)));
    case "came":
      return only(came(state, line));
    case "went":
      return only(went(state, line));
    case "notice":
      return only(noticed(state, line.code, line.text));
    case "other":
      return only(state);
  }
}

const only = (state: ChatState): Step => ({ state, lines: [] });

const inform = (state: ChatState, tone: Notice["tone"], text: string): ChatState => ({
  ...state,
  notice: { tone, text },
});

const stuck = (state: ChatState): ChatState => ({ ...state, isStuck: true });

interface Answered<Answer> {
  readonly request: Request;
  readonly answer: Answer;
}

/** What nobody asked for, or not on this connection, is no answer. */
function withRequest<Answer extends Reply | Refusal>(
  state: ChatState,
  answer: Answer,
  then: (state: ChatState, answered: Answered<Answer>) => Step,
): Step {
  const { [answer.tag]: request, ...pending } = state.pending;
  return request === undefined ? only(state) : then({ ...state, pending }, { request, answer });
}

function replied(state: ChatState, { request, answer: { tag, text } }: Answered<Reply>): Step {
  const [name = "", second = "", third = ""] = text.split(" ");
  switch (request.kind) {
    case "account":
      return ask(only(state), `LOGIN ${state.me.id} ${state.me.password}`, { kind: "hello" });
    case "hello":
      return named(state, { id: name, key: second, last: numberOf(third) });
    case "join": {
      const joined = changePlace(state, request.room, (place) => opened(place, numberOf(second), request.follows));
      return ask(only(joined), `WHO ${request.room}`, { kind: "who", room: request.room, isFirst: true });
    }
    case "who":
      return membersAre(state, request, text.split(" ").slice(1));
    case "history": {
      const comes = request.isOlder ? olderComes : pageComes;
      return only(changePlace(state, request.place, (place) => comes(place, numberOf(second), numberOf(third))));
    }
    case "say":
      return only(acknowledged(state, tag, numberOf(second)));
    case "leave":
      return only(state);
  }
}

/** All that was entered before is entered again: the connection is a new one. */
function named(state: ChatState, { id, key, last }: { id: string; key: string; last: number }): Step {
  const inbox = `@${id}`;
  const places = placeOf(state, inbox) === undefined ? [...state.places, newPlace(inbox)] : state.places;
  const me = { id, key, password: "", isNew: false };
  // Why the connection was lost is no news any more.
  const notice = state.phase === "away" ? undefined : state.notice;
  const here: ChatState = { ...state, phase: "in", me, places, notice };
  return only(changePlace(here, inbox, (place) => opened(place, last, false)));
}

function membersAre(state: ChatState, { room, isFirst }: Request & { kind: "who" }, words: readonly string[]): Step {
  const told = words.filter((word) => word !== "+").map(memberOf);
  const before = isFirst ? [] : (placeOf(state, room)?.members ?? []);
  const members = merged(before, told);
  const step = only(changePlace(state, room, (place) => ({ ...place, members })));
  const after = told.at(-1)?.id;
  const isDone = words.at(-1) !== "+" || after === undefined || members.length >= MEMBERS_MAX;
  return isDone ? step : ask(step, `WHO ${room} ${after}`, { kind: "who", room, isFirst: false });
}

function acknowledged(state: ChatState, tag: string, number: number): ChatState {
  const said = state.outbox.find((each) => each.tag === tag);
  if (said === undefined) return state;
  const rest = { ...state, outbox: state.outbox.filter((each) => each !== said) };
  if (!said.to.startsWith("@")) return changePlace(rest, said.to, (place) => readOwn(stored(place, number), number));
  return changePlace(rest, `@${state.me.id}`, (place) => note(place, tag, sentText(said.to, said.text)));
}

/** What one has said oneself is nothing new. */
function readOwn(place: Place, number: number): Place {
  return place.readTo === number - 1 ? { ...place, readTo: number } : place;
}

function refused(state: ChatState, { request, answer }: Answered<Refusal>): Step {
  const why = refusalText(answer);
  const isFinal = FINAL.test(answer.code);
  switch (request.kind) {
    case "account":
    case "hello":
      return only(notLetIn(state, why));
    case "join":
      return only(isFinal ? inform(without(state, request.room), "bad", `${request.room}: ${why}`) : stuck(state));
    case "say":
      return only(notStored(state, answer.tag, isFinal ? why : undefined));
    case "history":
      return only(changePlace(stuck(state), request.place, (place) => ({ ...place, askedTo: 0, older: undefined })));
    case "who":
    case "leave":
      return only(state);
  }
}

/** A name that was held before, and is refused now, belongs to somebody else. */
function notLetIn(state: ChatState, why: string): ChatState {
  const me = { ...state.me, key: "", password: "" };
  return { ...inform(state, "bad", why), phase: "out", me, pending: {} };
}

/** Without a reason it is sent again later. */
function notStored(state: ChatState, tag: string, why: string | undefined): ChatState {
  if (why === undefined) {
    const outbox = state.outbox.map((each) => (each.tag === tag ? { ...each, isUnderWay: false } : each));
    return { ...stuck(state), outbox };
  }
  const said = state.outbox.find((each) => each.tag === tag);
  const rest = { ...state, outbox: state.outbox.filter((each) => each !== said) };
  return said === undefined ? rest : inform(rest, "bad", notSentText(said.text, why));
}

export function without(state: ChatState, room: string): ChatState {
  const places = state.places.filter(({ name }) => name !== room);
  const next = places.find(isRoom) ?? places[0];
  const outbox = state.outbox.filter(({ to }) => to !== room);
  return { ...state, places, outbox, current: state.current === room ? (next?.name ?? "") : state.current };
}

type Came = ServerLine & { kind: "came" };
type Went = ServerLine & { kind: "went" };

function came(state: ChatState, { room, id, address }: Came): ChatState {
  return changePlace(state, room, (place) => {
    const isKnown = place.members.some((member) => member.id === id);
    const here = { ...place, members: merged(place.members, [{ id, address }]) };
    return isKnown || id === state.me.id ? here : note(here, noteId(state, room), cameText(id));
  });
}

function went(state: ChatState, { room, id, reason }: Went): ChatState {
  return changePlace(state, room, (place) => {
    const members = place.members.filter((member) => member.id !== id);
    return note({ ...place, members }, noteId(state, room), wentText(id, reason));
  });
}

function noticed(state: ChatState, code: string, text: string): ChatState {
  if (code === "replaced") return { ...inform(state, "warn", ANOTHER_TOOK_OVER), phase: "replaced", pending: {} };
  return inform(state, "warn", noticeText(code, text));
}

/** Notes of one place have ids of their own; they are keys of what is drawn. */
function noteId(state: ChatState, room: string): string {
  const last = placeOf(state, room)?.notes.at(-1)?.id ?? "";
  return `note-${Number(/^note-(\d+)$/.exec(last)?.[1] ?? 0) + 1}`;
}

function memberOf(word: string): Member {
  const [id = "", address = ""] = word.split("@");
  return { id, address };
}

function merged(before: readonly Member[], more: readonly Member[]): readonly Member[] {
  const byId = new Map([...before, ...more].map((member) => [member.id, member]));
  return [...byId.values()].sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, MEMBERS_MAX);
}

function numberOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
