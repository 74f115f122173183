// What the chat page knows, and what can happen to it.
import { isRoom, type Place } from "./place.ts";

/**
 * Out: nobody has come in. Entering: the server is asked. In: the server knows us. Away: the connection is lost, and
 * comes back by itself. Replaced: somebody else has our name, with our key.
 */
export type Phase = "out" | "entering" | "in" | "away" | "replaced";

export interface Me {
  /** As the server writes it, once it has. */
  readonly id: string;
  /** With which the name is taken up again; empty before the server has given one. */
  readonly key: string;
  /** Of an account; kept only until the server has answered. */
  readonly password: string;
  /** The account is to be made first. */
  readonly isNew: boolean;
}

/** What was said and is not acknowledged yet; oldest first. */
export interface Outgoing {
  readonly tag: string;
  /** A room, or `@` and the id of whom it is for. */
  readonly to: string;
  readonly text: string;
  /** Sent on this connection. */
  readonly isUnderWay: boolean;
}

export type Request =
  | { readonly kind: "account" | "hello" }
  | { readonly kind: "join"; readonly room: string; readonly follows: boolean }
  | { readonly kind: "leave" }
  | { readonly kind: "who"; readonly room: string; readonly isFirst: boolean }
  | { readonly kind: "history"; readonly place: string; readonly isOlder: boolean }
  | { readonly kind: "say" };

export interface Notice {
  readonly tone: "good" | "warn" | "bad";
  readonly text: string;
}

export interface ChatState {
  readonly phase: Phase;
  readonly me: Me;
  /** In the order in which they were entered; the inbox is the last. */
  readonly places: readonly Place[];
  /** The one that is shown; empty where there is none. */
  readonly current: string;
  readonly outbox: readonly Outgoing[];
  /** By tag. */
  readonly pending: Readonly<Record<string, Request>>;
  /** Tags begin with this, so that nobody else with our name has the same. */
  readonly tagBase: string;
  readonly tagCount: number;
  /** The last one. */
  readonly notice: Notice | undefined;
  /** Somebody looks at the page. */
  readonly isVisible: boolean;
  /** The server could not do something now: nothing more is asked before the next tick. */
  readonly isStuck: boolean;
}

type PlainKind = "opened" | "lost" | "quit" | "older" | "newest" | "tick" | "dismiss" | "resume" | "shown" | "hidden";
type PlaceKind = "join" | "leave" | "show";

/** A tick is a moment in which what did not work may work. */
export type ChatEvent =
  | {
      readonly kind: "enter";
      readonly id: string;
      readonly password: string;
      readonly isNew: boolean;
      readonly room: string;
    }
  | { readonly kind: "restore"; readonly kept: Kept }
  | { readonly [kind in PlainKind]: { readonly kind: kind } }[PlainKind]
  | { readonly kind: "received"; readonly line: string }
  | { readonly [kind in PlaceKind]: { readonly kind: kind; readonly place: string } }[PlaceKind]
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "message"; readonly to: string; readonly text: string };

/** Of the tab, over a reload. */
export interface Kept {
  readonly id: string;
  readonly key: string;
  /** And up to which number each was read. */
  readonly rooms: readonly (readonly [room: string, readTo: number])[];
  readonly current: string;
}

/** Undefined where there is nothing to come back to. */
export function keptOf({ me, places, current }: ChatState): Kept | undefined {
  if (me.key === "") return undefined;
  const rooms = places.filter(isRoom).map(({ name, readTo }) => [name, readTo] as const);
  return { id: me.id, key: me.key, rooms, current };
}

/** What comes of an event: lines go to the server in this order. */
export interface Step {
  readonly state: ChatState;
  readonly lines: readonly string[];
}

const NOBODY: Me = { id: "", key: "", password: "", isNew: false };

export function newChat(tagBase: string): ChatState {
  const nothing = { places: [], current: "", outbox: [], pending: {}, notice: undefined };
  return { phase: "out", me: NOBODY, ...nothing, tagBase, tagCount: 0, isVisible: true, isStuck: false };
}

/** The page is to have a connection. */
export const wantsSocket = ({ phase }: ChatState): boolean => phase !== "out" && phase !== "replaced";

export const placeOf = ({ places }: ChatState, name: string): Place | undefined =>
  places.find((place) => place.name === name);

export const currentPlace = (state: ChatState): Place | undefined => placeOf(state, state.current);

/** Nothing where there is no such place. */
export function changePlace(state: ChatState, name: string, change: (place: Place) => Place): ChatState {
  return { ...state, places: state.places.map((place) => (place.name === name ? change(place) : place)) };
}

/** A command with a tag of its own, by which its answer is known. */
export function ask(step: Step, command: string, request: Request): Step {
  const { state, lines } = step;
  const tagCount = state.tagCount + 1;
  const tag = `${state.tagBase}.${tagCount}`;
  const pending = { ...state.pending, [tag]: request };
  return { state: { ...state, tagCount, pending }, lines: [...lines, `#${tag} ${command}`] };
}
