// The chat page without browser and network: what happens goes in, the new state and lines for the server come out.
import { hear, without } from "./answers.ts";
import { asked, entersAfter, fromEnd, isRoom, lost, newPlace, olderAsked, olderPage, PAGE, wants } from "./place.ts";
import { parseServerLine } from "./server-line.ts";
import {
  ask,
  changePlace,
  type ChatEvent,
  type ChatState,
  currentPlace,
  type Kept,
  newChat,
  type Outgoing,
  placeOf,
  type Step,
} from "./state.ts";
import { TOO_LONG, TOO_MANY_WAIT, WRONG_NAME, WRONG_ROOM } from "./words.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/;
/** Of a line of 4 096 octets, what tag, command and name leave. */
const TEXT_BYTES_MAX = 3_900;
const OUTBOX_MAX = 100;
/** Longest of a history page that is asked for at once. */
const HISTORY_MAX = 100;

export function reduce(before: ChatState, event: ChatEvent): Step {
  const { state, lines } = goOn(happened(before, event));
  return { state: state.isVisible ? readCurrent(state) : state, lines };
}

function happened(state: ChatState, event: ChatEvent): Step {
  switch (event.kind) {
    case "opened":
      return introduce(state);
    case "received":
      return hear(state, parseServerLine(event.line));
    case "quit":
      return { state: nobody(state), lines: state.phase === "in" ? ["EXIT"] : [] };
    case "join":
      return only(join(state, event.place));
    case "leave":
      return leave(state, event.place);
    case "older":
      return older(state);
    case "say":
      return only(say(state, state.current, event.text));
    case "message":
      return only(message(state, event.to, event.text));
    default:
      return only(changed(state, event));
  }
}

type SilentEvent = Exclude<
  ChatEvent,
  { readonly kind: "opened" | "received" | "quit" | "join" | "leave" | "older" | "say" | "message" }
>;

/** What nothing is sent for at once. */
function changed(state: ChatState, event: SilentEvent): ChatState {
  switch (event.kind) {
    case "enter":
      return enter(state, event);
    case "restore":
      return restore(state, event.kept);
    case "resume":
      return { ...state, phase: "entering", notice: undefined };
    case "lost":
      return disconnected(state);
    case "show":
      return { ...state, current: event.place };
    case "newest":
      return changePlace(state, state.current, fromEnd);
    case "shown":
    case "hidden":
      return { ...state, isVisible: event.kind === "shown" };
    case "dismiss":
      return { ...state, notice: undefined };
    case "tick":
      return { ...state, isStuck: false };
  }
}

const only = (state: ChatState): Step => ({ state, lines: [] });

/** Tags that were used are not used again. */
const nobody = ({ tagBase, tagCount, isVisible }: ChatState): ChatState => ({
  ...newChat(tagBase),
  tagCount,
  isVisible,
});

const wrong = (state: ChatState, text: string): ChatState => ({ ...state, notice: { tone: "bad", text } });

function enter(state: ChatState, { id, password, isNew, room }: ChatEvent & { kind: "enter" }): ChatState {
  if (!NAME.test(id)) return wrong(state, WRONG_NAME);
  const me = { id, key: "", password, isNew: isNew && password !== "" };
  const named: ChatState = { ...state, phase: "entering", me, notice: undefined };
  return room === "" ? named : join(named, room);
}

/** After a reload: all that was open is opened again, by the key. */
function restore(state: ChatState, { id, key, rooms, current }: Kept): ChatState {
  const places = rooms.map(([room, readTo]) => newPlace(room, readTo));
  return { ...state, phase: "entering", me: { id, key, password: "", isNew: false }, places, current };
}

/** With the key, where there is one: it needs no password. */
function introduce(state: ChatState): Step {
  const { id, key, password, isNew } = state.me;
  const unknown: Step = only({ ...state, pending: {} });
  if (key !== "") return ask(unknown, `HELLO ${id} ${key}`, { kind: "hello" });
  if (password === "") return ask(unknown, `HELLO ${id}`, { kind: "hello" });
  if (isNew) return ask(unknown, `ADDUSER ${id} ${password}`, { kind: "account" });
  return ask(unknown, `LOGIN ${id} ${password}`, { kind: "hello" });
}

/** Whether what was under way has arrived is unknown: it goes again, with the tag under which it is said once. */
function disconnected(state: ChatState): ChatState {
  const phase = state.phase === "in" ? "away" : state.phase;
  const outbox = state.outbox.map((each) => ({ ...each, isUnderWay: false }));
  return { ...state, phase, outbox, pending: {}, places: state.places.map(lost), isStuck: false };
}

function join(state: ChatState, written: string): ChatState {
  const room = written.trim().toLowerCase();
  if (!NAME.test(room)) return wrong(state, WRONG_ROOM);
  const isKnown = placeOf(state, room) !== undefined;
  const rooms = state.places.filter(isRoom);
  const inboxes = state.places.filter((place) => !isRoom(place));
  const places = isKnown ? state.places : [...rooms, newPlace(room), ...inboxes];
  return { ...state, places, current: room, notice: undefined };
}

function leave(state: ChatState, room: string): Step {
  const place = placeOf(state, room);
  const step = only(without(state, room));
  return place?.isIn === true ? ask(step, `LEAVE ${room}`, { kind: "leave" }) : step;
}

function older(state: ChatState): Step {
  const place = currentPlace(state);
  const page = place && olderPage(place);
  if (place === undefined || page === undefined) return only(state);
  const command = `HISTORY ${place.name} ${page.after} ${page.count}`;
  const step = ask(only(state), command, { kind: "history", place: place.name, isOlder: true });
  return { ...step, state: changePlace(step.state, place.name, olderAsked) };
}

function message(state: ChatState, to: string, text: string): ChatState {
  return NAME.test(to.trim()) ? say(state, `@${to.trim()}`, text) : wrong(state, WRONG_NAME);
}

/** Control characters are no part of a line: a tab or a line break becomes a blank. */
function say(state: ChatState, to: string, written: string): ChatState {
  const text = written.replace(/\p{Cc}+/gu, " ").trim();
  if (text === "" || to === "") return state;
  if (new TextEncoder().encode(text).length > TEXT_BYTES_MAX) return wrong(state, TOO_LONG);
  if (state.outbox.length >= OUTBOX_MAX) return wrong(state, TOO_MANY_WAIT);
  const tagCount = state.tagCount + 1;
  const outgoing = { tag: `${state.tagBase}.${tagCount}`, to, text, isUnderWay: false };
  return { ...state, tagCount, outbox: [...state.outbox, outgoing], notice: undefined };
}

/** Whoever looks at a place has read it. */
function readCurrent(state: ChatState): ChatState {
  const place = currentPlace(state);
  const isRead = place === undefined || place.readTo < 0 || place.isBack || place.readTo >= place.newest;
  return isRead ? state : changePlace(state, place.name, (each) => ({ ...each, readTo: each.newest }));
}

/** Whatever can be asked for or sent now is: rooms to enter, what is missing of each place, what is to be said. */
function goOn(step: Step): Step {
  if (step.state.phase !== "in" || step.state.isStuck) return step;
  return [enterRooms, readOn, sendAll].reduce((soFar, next) => next(soFar), step);
}

function enterRooms(step: Step): Step {
  const entering = new Set(
    Object.values(step.state.pending).flatMap((request) => (request.kind === "join" ? [request.room] : [])),
  );
  const outside = step.state.places.filter((place) => isRoom(place) && !place.isIn && !entering.has(place.name));
  return outside.reduce((soFar, place) => {
    const after = entersAfter(place);
    const follows = after !== undefined;
    const command = follows ? `JOIN ${place.name} ${after}` : `JOIN ${place.name}`;
    return ask(soFar, command, { kind: "join", room: place.name, follows });
  }, step);
}

function readOn(step: Step): Step {
  return step.state.places.reduce((soFar, place) => {
    const after = wants(place);
    if (after === undefined) return soFar;
    const command = `HISTORY ${place.name} ${after} ${Math.min(HISTORY_MAX, Math.max(PAGE, place.last - after))}`;
    const next = ask(soFar, command, { kind: "history", place: place.name, isOlder: false });
    return { ...next, state: changePlace(next.state, place.name, asked) };
  }, step);
}

const commandOf = ({ to, text }: Outgoing): string =>
  to.startsWith("@") ? `MSG ${to.slice(1)} ${text}` : `SAY ${to} ${text}`;

function sendAll(step: Step): Step {
  const { state } = step;
  const isReady = ({ to, isUnderWay }: Outgoing): boolean =>
    !isUnderWay && (to.startsWith("@") || placeOf(state, to)?.isIn === true);
  const ready = state.outbox.filter(isReady);
  if (ready.length === 0) return step;
  const lines = ready.map((each) => `#${each.tag} ${commandOf(each)}`);
  const pending = { ...state.pending, ...Object.fromEntries(ready.map(({ tag }) => [tag, { kind: "say" } as const])) };
  const outbox = state.outbox.map((each) => (isReady(each) ? { ...each, isUnderWay: true } : each));
  return { state: { ...state, pending, outbox }, lines: [...step.lines, ...lines] };
}
