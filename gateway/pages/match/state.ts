// What the match page knows, and what can happen to it.
import type { SeenMatch } from "./seen-match.ts";

/**
 * Out: nobody has come in. Entering: the server is asked. In: the server knows us, or we only watch. Away: the
 * connection is lost, and comes back by itself. Replaced: somebody else has our account, with our key.
 */
export type Phase = "out" | "entering" | "in" | "away" | "replaced";

export interface Me {
  /** As the server writes it, once it has; empty for whoever only watches. */
  readonly name: string;
  /** With which the account is taken up again; empty before the server has given one. */
  readonly key: string;
  /** Kept only until there is a key. */
  readonly password: string;
  /** The account is to be made first. */
  readonly isNew: boolean;
}

export interface Invitation {
  readonly host: string;
  readonly untilMs: number;
}

export interface Listed {
  readonly id: string;
  readonly host: string;
  readonly guest: string;
}

export interface Rank {
  readonly rank: string;
  readonly name: string;
  readonly score: string;
}

export interface Notice {
  readonly tone: "good" | "warn" | "bad";
  readonly text: string;
}

export interface MatchState {
  readonly phase: Phase;
  readonly me: Me;
  /** Who is connected, by name. */
  readonly players: readonly string[];
  readonly matches: readonly Listed[];
  /** The best first. */
  readonly ranks: readonly Rank[];
  /** Of others, to us. */
  readonly invitations: readonly Invitation[];
  /** Whom we have invited; empty where nobody. */
  readonly inviting: string;
  /** Ours; after its end until we leave it. */
  readonly own: SeenMatch | undefined;
  /** Of the match that is watched; empty where none is. */
  readonly watching: string;
  readonly watched: SeenMatch | undefined;
  /** Ours, on its way. */
  readonly move: { readonly number: number; readonly cell: number } | undefined;
  /** Names of the commands that are not answered yet, in their order. */
  readonly pending: readonly string[];
  readonly notice: Notice | undefined;
}

/** A tick is a moment in which lists are looked at again, and what did not work may work. */
export type MatchEvent =
  | {
      readonly kind: "enter";
      readonly name: string;
      readonly password: string;
      readonly isNew: boolean;
    }
  | { readonly kind: "restore"; readonly kept: Kept }
  | { readonly [kind in PlainKind]: { readonly kind: kind } }[PlainKind]
  | { readonly kind: "tick"; readonly nowMs: number }
  | { readonly kind: "received"; readonly line: string; readonly nowMs: number }
  | { readonly kind: "invite"; readonly guest: string }
  | { readonly kind: "answer"; readonly host: string; readonly accepts: boolean }
  | { readonly kind: "play"; readonly cell: number }
  | { readonly kind: "watch"; readonly id: string };

/** `look`: to watch without an account. `leave`: our match that is over is looked at no more. */
type PlainKind = "look" | "opened" | "lost" | "quit" | "resume" | "resign" | "leave" | "unwatch" | "dismiss";

/** Of the tab, over a reload. */
export interface Kept {
  readonly name: string;
  readonly key: string;
}

/** What comes of an event: lines go to the server in this order. */
export interface Step {
  readonly state: MatchState;
  readonly lines: readonly string[];
}

const NOBODY: Me = { name: "", key: "", password: "", isNew: false };

export const NEW_MATCH_PAGE: MatchState = {
  phase: "out",
  me: NOBODY,
  players: [],
  matches: [],
  ranks: [],
  invitations: [],
  inviting: "",
  own: undefined,
  watching: "",
  watched: undefined,
  move: undefined,
  pending: [],
  notice: undefined,
};

/** The page is to have a connection. */
export const wantsSocket = ({ phase }: MatchState): boolean => phase !== "out" && phase !== "replaced";

/** Undefined where there is nothing to come back to. */
export const keptOf = ({ me: { name, key } }: MatchState): Kept | undefined => (key === "" ? undefined : { name, key });

export const only = (state: MatchState): Step => ({ state, lines: [] });

export const inform = (state: MatchState, tone: Notice["tone"], text: string): MatchState => ({
  ...state,
  notice: { tone, text },
});

/** A command, whose answer is known by its name. */
export function ask({ state, lines }: Step, ...fields: readonly (string | number)[]): Step {
  const pending = [...state.pending, String(fields[0])];
  return { state: { ...state, pending }, lines: [...lines, fields.join(";")] };
}

/** As `ask`, where no such command is on its way. */
export function askOnce(step: Step, ...fields: readonly (string | number)[]): Step {
  return step.state.pending.includes(String(fields[0])) ? step : ask(step, ...fields);
}
