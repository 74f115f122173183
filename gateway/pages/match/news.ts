// What the match server answers to the page, and tells it unasked.
import { ended, isPlayer, moved, parseRecord, presence, recorded, seen, type SeenMatch } from "./seen-match.ts";
import { columnOf, type Ended, rowOf, type ServerMessage, type Snapshot } from "./server-message.ts";
import { ask, askOnce, inform, type Listed, type MatchState, only, type Rank, type Step } from "./state.ts";
import { ANOTHER_TOOK_OVER, declinedText, isPassing, peerInviteText, PLAIN_LOGIN, refusalText } from "./words.ts";

const INVITATION_MS = 60_000;
const RANKS_SHOWN = 20;
/** What is asked for by nobody: that it fails is no news. */
const SILENT: ReadonlySet<string> = new Set(["list", "matches", "top", "record", "heartbeat", "key", "unwatch"]);
const ENTERING: ReadonlySet<string> = new Set(["adduser", "login", "resume"]);

export function hear(state: MatchState, message: ServerMessage, nowMs: number): Step {
  switch (message.kind) {
    case "done":
      return done(answered(state, message.command), message.command, message.fields);
    case "refused":
      return refused(answered(state, message.command), message.command, message.reason);
    case "ping":
      return { state, lines: ["pong"] };
    case "invited":
      return invited(state, message, nowMs);
    case "answered":
      return only(inviteAnswered(state, message));
    case "snapshot":
      return snapshot(state, message, nowMs);
    case "moved":
      return onMatch(state, message.id, (match) => moved(match, message, nowMs));
    case "absent":
    case "present":
      return onMatch(state, message.id, (match) => presence(match, message.who, message.kind === "present"));
    case "ended":
      return end(state, message);
    case "disconnected":
      return only(message.reason === "replaced" ? replaced(state) : state);
    case "warned":
      return only(message.code === "plain_login" ? inform(state, "warn", PLAIN_LOGIN) : state);
  }
}

/** Who is there, what is played, and who is best. */
export function lookAround(step: Step): Step {
  return askOnce(askOnce(askOnce(step, "list"), "matches"), "top", RANKS_SHOWN);
}

/** The first of that name; where the server does not know a command, the first of all. */
function answered(state: MatchState, command: string): MatchState {
  const index = command === "" ? 0 : state.pending.indexOf(command);
  return index < 0 ? state : { ...state, pending: state.pending.toSpliced(index, 1) };
}

function done(state: MatchState, command: string, fields: readonly string[]): Step {
  const [first = ""] = fields;
  switch (command) {
    case "adduser":
      return ask(only(state), "login", state.me.name, state.me.password);
    case "login":
      return lookAround(ask(only(isIn(state, first)), "key"));
    case "resume":
      return comeBack(only(isIn(state, first)));
    case "key":
      return only({ ...state, me: { ...state.me, key: first, password: "" } });
    case "list":
      return only({ ...state, players: fields });
    case "matches":
      return only({ ...state, matches: fields.map(listedOf) });
    case "top":
      return only({ ...state, ranks: fields.map(rankOf) });
    case "record":
      return record(state, fields);
    case "watch":
      return only({ ...state, watching: first });
    default:
      return only(state);
  }
}

function isIn(state: MatchState, name: string): MatchState {
  // Why it took so long to come back is no news any more.
  const notice = state.phase === "away" ? undefined : state.notice;
  return { ...state, phase: "in", me: { ...state.me, name, isNew: false }, notice };
}

/** A snapshot follows where our match goes on; where it has ended meanwhile, only its record says so. */
export function comeBack(step: Step): Step {
  const { own, watching } = step.state;
  const isOpen = own !== undefined && own.result === undefined;
  const around = isOpen ? ask(lookAround(step), "record", own.id) : lookAround(step);
  return watching === "" ? around : ask(around, "watch", watching);
}

function refused(state: MatchState, command: string, reason: string): Step {
  const text = refusalText(reason);
  if (ENTERING.has(command)) return only(notLetIn(state, command, reason));
  if (SILENT.has(command)) return only(state);
  const told = inform(state, "bad", text);
  switch (command) {
    case "begin":
      return only({ ...told, inviting: "" });
    case "play": {
      const known = { ...told, move: undefined };
      return state.own === undefined ? only(known) : askOnce(only(known), "record", state.own.id);
    }
    case "watch":
      return only({ ...told, watching: "", watched: undefined });
    default:
      return only(told);
  }
}

/** A key is tried again while the server is only busy. */
function notLetIn(state: MatchState, command: string, reason: string): MatchState {
  const told = inform(state, "bad", refusalText(reason));
  if (command === "resume" && isPassing(reason)) return told;
  return { ...told, phase: "out", me: { ...state.me, key: "", password: "" }, pending: [] };
}

function replaced(state: MatchState): MatchState {
  return { ...inform(state, "warn", ANOTHER_TOOK_OVER), phase: "replaced", pending: [] };
}

function invited(state: MatchState, { host, isHosted }: { host: string; isHosted: boolean }, nowMs: number): Step {
  if (!isHosted) return ask(only(inform(state, "warn", peerInviteText(host))), "answer", host, "False");
  const others = state.invitations.filter((each) => each.host !== host);
  return only({ ...state, invitations: [...others, { host, untilMs: nowMs + INVITATION_MS }] });
}

function inviteAnswered(state: MatchState, { guest, accepts }: { guest: string; accepts: boolean }): MatchState {
  const free = { ...state, inviting: "" };
  return accepts ? { ...free, notice: undefined } : inform(free, "warn", declinedText(guest));
}

/** Of our own match, or of the one that is watched; of any other there is one only on its way out. */
function snapshot(state: MatchState, message: Snapshot, nowMs: number): Step {
  if (isPlayer(message, state.me.name)) return ownSnapshot(state, seen(message, nowMs, state.own));
  if (message.id !== state.watching) return only(state);
  const watched = seen(message, nowMs, state.watched);
  return recordIfNeeded({ ...state, watched }, watched);
}

function ownSnapshot(state: MatchState, own: SeenMatch): Step {
  const isNew = state.own?.id !== own.id;
  const free = isNew ? { ...state, inviting: "", invitations: [], move: undefined } : state;
  const { move: pendingMove } = free;
  const isOnBoard = pendingMove !== undefined && own.count >= pendingMove.number;
  const step = recordIfNeeded({ ...free, own, move: isOnBoard ? undefined : pendingMove }, own);
  if (pendingMove === undefined || isOnBoard || own.next === "") return step;
  const { cell, number } = pendingMove;
  return askOnce(step, "play", rowOf(cell), columnOf(cell), number);
}

/** How it came to be so, and whether it is over, is in the record. */
function recordIfNeeded(state: MatchState, match: SeenMatch): Step {
  const isKnown = match.moves.length === match.count && match.next !== "";
  return isKnown ? only(state) : ask(only(state), "record", match.id);
}

function end(state: MatchState, message: Ended): Step {
  const step = onMatch(state, message.id, (match) => ended(match, message));
  const shown = [step.state.own, step.state.watched].find((match) => match?.id === message.id);
  const isBehind = shown !== undefined && shown.count < message.count;
  return lookAround(isBehind ? ask(step, "record", message.id) : step);
}

/** Where the change comes to nothing, the record is asked for instead. */
function onMatch(state: MatchState, id: string, change: (match: SeenMatch) => SeenMatch | undefined): Step {
  const { own, watched, move: pendingMove } = state;
  const newOwn = own?.id === id ? change(own) : own;
  const newWatched = watched?.id === id ? change(watched) : watched;
  const isGap = (own !== undefined && newOwn === undefined) || (watched !== undefined && newWatched === undefined);
  if (isGap) return askOnce(only(state), "record", id);
  const isMade = newOwn !== undefined && (newOwn.result !== undefined || newOwn.count >= (pendingMove?.number ?? 0));
  return only({ ...state, own: newOwn, watched: newWatched, move: isMade ? undefined : pendingMove });
}

function record(state: MatchState, fields: readonly string[]): Step {
  const found = parseRecord(fields);
  return found === undefined ? only(state) : onMatch(state, found.id, (match) => recorded(match, found));
}

function listedOf(text: string): Listed {
  const [id = "", host = "", guest = ""] = text.split(":");
  return { id, host, guest };
}

function rankOf(text: string): Rank {
  const [rank = "", name = "", score = ""] = text.split(":");
  return { rank, name, score };
}
