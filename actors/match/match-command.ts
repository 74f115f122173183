// What a command of the match server is: its name, how many fields it has, who may give it where, and what it does.
import type { SessionContext } from "#runtime/mod.ts";

import type { SessionAddress } from "../chat/session-address.ts";
import type { MatchLog } from "./match-log.ts";
import type { MatchRef } from "./match-schemas.ts";
import type { MatchServices } from "./services.ts";

/** Of every session that a player may be on. */
export interface PlayerSessionState {
  /** Empty before login. */
  name: string;
  key: string;
  /** The last match entered; it may be over. */
  match: MatchRef | undefined;
  /** Hosted matches of others that are watched, by id. */
  watched: string[];
  /** When anything came last; monotonic. */
  heardAtMs: number;
  /** What is left of the command budget, at this monotonic time. */
  credit: number;
  creditAtMs: number;
}

export type PlayerSession = SessionContext<PlayerSessionState, string>;

/** Who gave the command. */
export interface Caller {
  readonly session: PlayerSession;
  /** This session's own type and key: how others find it. */
  readonly own: SessionAddress;
  readonly services: MatchServices;
  readonly log: MatchLog;
  /** Sends one message, which ends as this client wants it. */
  readonly say: (text: string) => void | Promise<void>;
  /** It knows hosted matches, and is told how matches end. */
  readonly isModern: boolean;
}

export interface FullAnswer {
  /** Empty: there is none. */
  readonly reply: string;
  /** Done once the reply is sent. */
  readonly after?: () => Promise<void>;
  /** The connection ends then, for this reason. */
  readonly end?: string;
}

/** A reply alone, or what follows it too. */
export type Answer = string | FullAnswer;

export interface MatchCommand {
  readonly name: string;
  /** How many fields may follow the name. */
  readonly fields: readonly number[];
  /** Obeyed only where it came encrypted; answered there too. */
  readonly isAccount?: boolean;
  readonly needsLogin?: boolean;
  /** Of the session's commands; 1 unless given. */
  readonly cost?: number;
  /** Throws a `Refusal` for a no. */
  run(caller: Caller, fields: readonly string[]): Answer | Promise<Answer>;
}

/** By name. */
export type MatchVocabulary = ReadonlyMap<string, MatchCommand>;
