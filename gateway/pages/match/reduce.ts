// The match page without browser and network: what happens goes in, the new state and lines for the server come out.
import { comeBack, hear, lookAround } from "./news.ts";
import { columnOf, parseServerMessage, rowOf } from "./server-message.ts";
import { ask, inform, type Kept, type MatchEvent, type MatchState, NEW_MATCH_PAGE, only, type Step } from "./state.ts";
import { WRONG_NAME, WRONG_PASSWORD } from "./words.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/;
/** No field can hold the separator, and no line a control character. */
const PASSWORD = /^[^;\p{Cc}]{1,128}$/u;

export function reduce(state: MatchState, event: MatchEvent): Step {
  switch (event.kind) {
    case "opened":
      return introduce(state);
    case "received": {
      const message = parseServerMessage(event.line);
      return message === undefined ? only(state) : hear(state, message, event.nowMs);
    }
    case "tick":
      return tick(state, event.nowMs);
    case "quit":
      return quit(state);
    case "invite":
      return invite(state, event.guest);
    case "answer":
      return answer(state, event.host, event.accepts);
    case "play":
      return play(state, event.cell);
    case "resign":
      return state.own === undefined ? only(state) : ask(only(state), "end");
    case "watch":
      return watch(state, event.id);
    case "unwatch":
      return unwatch(state);
    default:
      return only(changed(state, event));
  }
}

type SilentEvent = Extract<
  MatchEvent,
  { readonly kind: "enter" | "restore" | "look" | "resume" | "lost" | "leave" | "dismiss" }
>;

/** What nothing is sent for at once. */
function changed(state: MatchState, event: SilentEvent): MatchState {
  switch (event.kind) {
    case "enter":
      return enter(state, event);
    case "restore":
      return restore(event.kept);
    case "look":
      return { ...NEW_MATCH_PAGE, phase: "entering" };
    case "resume":
      return { ...state, phase: "entering", notice: undefined };
    case "lost":
      return lost(state);
    case "leave":
      return { ...state, own: undefined, notice: undefined };
    case "dismiss":
      return { ...state, notice: undefined };
  }
}

function enter(state: MatchState, { name, password, isNew }: MatchEvent & { kind: "enter" }): MatchState {
  const me = { name, key: "", password, isNew };
  if (!NAME.test(name)) return inform(state, "bad", WRONG_NAME);
  if (!PASSWORD.test(password)) return inform({ ...state, me: { ...me, password: "" } }, "bad", WRONG_PASSWORD);
  return { ...NEW_MATCH_PAGE, phase: "entering", me };
}

function restore({ name, key }: Kept): MatchState {
  return { ...NEW_MATCH_PAGE, phase: "entering", me: { name, key, password: "", isNew: false } };
}

/** With the key, where there is one: it needs no password. */
function introduce(state: MatchState): Step {
  const { name, key, password, isNew } = state.me;
  const greeted = ask(only({ ...state, pending: [] }), "heartbeat");
  if (key !== "") return ask(greeted, "resume", name, key);
  if (name === "") return comeBack({ ...greeted, state: { ...greeted.state, phase: "in" } });
  return isNew ? ask(greeted, "adduser", name, password) : ask(greeted, "login", name, password);
}

/** A move that was on its way may have arrived: it is sent again once the board has been seen. */
function lost(state: MatchState): MatchState {
  const phase = state.phase === "in" ? "away" : state.phase;
  return { ...state, phase, pending: [], invitations: [], inviting: "" };
}

function quit(state: MatchState): Step {
  const lines = state.phase === "in" && state.me.name !== "" ? ["logout", "exit"] : [];
  return { state: NEW_MATCH_PAGE, lines };
}

function tick(state: MatchState, nowMs: number): Step {
  const invitations = state.invitations.filter(({ untilMs }) => untilMs > nowMs);
  const current = invitations.length === state.invitations.length ? state : { ...state, invitations };
  if (current.phase === "in") return lookAround(only(current));
  // The server could not do it when the connection came.
  const isWaiting = (current.phase === "away" || current.phase === "entering") && current.me.key !== "";
  const isRefused = isWaiting && current.pending.length === 0 && current.notice !== undefined;
  return isRefused ? introduce({ ...current, notice: undefined }) : only(current);
}

function invite(state: MatchState, guest: string): Step {
  if (state.inviting !== "") return only(state);
  return ask(only({ ...state, inviting: guest, notice: undefined }), "begin", guest, state.me.name, "hosted");
}

function answer(state: MatchState, host: string, accepts: boolean): Step {
  const invitations = state.invitations.filter((each) => each.host !== host);
  return ask(only({ ...state, invitations, notice: undefined }), "answer", host, accepts ? "True" : "False");
}

function play(state: MatchState, cell: number): Step {
  const { own, me, move } = state;
  if (own === undefined || move !== undefined || own.next !== me.name || own.board[cell] !== ".") return only(state);
  return sendMove({ ...state, move: { number: own.count + 1, cell }, notice: undefined });
}

function sendMove(state: MatchState): Step {
  const { move } = state;
  if (move === undefined || state.phase !== "in") return only(state);
  return ask(only(state), "play", rowOf(move.cell), columnOf(move.cell), move.number);
}

/** One at a time. */
function watch(state: MatchState, id: string): Step {
  const step = unwatch(state);
  return ask({ ...step, state: { ...step.state, watching: id, notice: undefined } }, "watch", id);
}

function unwatch(state: MatchState): Step {
  const step = only({ ...state, watching: "", watched: undefined });
  return state.watching === "" ? step : ask(step, "unwatch", state.watching);
}
