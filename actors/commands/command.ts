// What a command is: its name, its arguments as a schema, what HELP says of it, and what it does.
import { type SessionContext, type Static, type TObject } from "#runtime/mod.ts";

import type { PasswordTransport } from "../accounts/password-transport.ts";
import type { Id, RoomName } from "../chat/names.ts";
import type { SessionAddress } from "../chat/session-address.ts";

/** What the commands need from outside. */
export interface TextServices extends PasswordTransport {
  /** 32 characters that nobody can guess. */
  secret(): string;
  /** Where the datagram listener is; undefined when there is none. */
  udpPort(): number | undefined;
}

/** A session has one, and so has a node for those who have none. */
export interface CommandClock {
  unixMs(): number;
  monotonicMs(): number;
}

/** A datagram connection bound to a session on TCP: what is said goes there, who is who stays here. */
export interface Binding {
  readonly secret: string;
  /** Key of the datagram session, once it is bound. */
  readonly dataKey: string;
}

export interface TextState {
  /** Empty before HELLO or LOGIN. */
  id: Id | "";
  /** When it got that, by the person's account: whoever has it later has a higher number. */
  since: number;
  rooms: RoomName[];
  /** What is left of the command budget, at this monotonic time. */
  credit: number;
  creditAtMs: number;
  binding: Binding | undefined;
  /** Of a bound datagram session: the key of its session on TCP. */
  controlKey: string;
}

export type TextSession = SessionContext<TextState, string>;

/** Who gave the command. */
export interface Caller {
  readonly session: TextSession;
  /** This session's own type and key: how others find it. */
  readonly own: SessionAddress;
  readonly services: TextServices;
  readonly vocabulary: Vocabulary;
  /** As `#17` stands before the command, without the `#`; empty where there is none. */
  readonly tag: string;
}

/** The reply, or the reply and what follows it: lines, and perhaps the connection's end. */
export type Answer = string | { readonly reply: string; readonly lines?: readonly string[]; readonly end?: string };

/** By name, in the order HELP lists them. */
export type Vocabulary = ReadonlyMap<string, Command>;

export interface Command<Input extends TObject = TObject> {
  /** In capitals. */
  readonly name: string;
  /** The arguments, as a person would be told. */
  readonly usage: string;
  readonly help: string;
  /** In the order they are written: texts without blanks, whole numbers, and last perhaps one `rest` of the line. */
  readonly input: Input;
  /** The caller must have an id. */
  readonly needsId?: boolean;
  /** Only on the connection that was there first: not on a bound datagram connection. */
  readonly control?: boolean;
  /** A short answer that needs nobody and nothing but the time: what `run` says, also for who has no session. */
  answerStranger?(clock: CommandClock, input: Static<Input>): string;
  /** Touches other actors: counted against the caller's budget. */
  readonly budgeted?: boolean;
  /** What the log file shows behind the name; nothing unless given, so that no password ever gets there. */
  logged?(input: Static<Input>): string;
  /** What the console shows as a message. */
  said?(input: Static<Input>): string;
  /** Throws a `Refusal` for a no. */
  run(caller: Caller, input: Static<Input>): Answer | Promise<Answer>;
}

/** One that everybody is answered alike, with a session or without. */
export function commandForAll<Input extends TObject>(
  definition: Omit<Command<Input>, "run" | "answerStranger"> & {
    answer(clock: CommandClock, input: Static<Input>): string;
    /** Of the connection, where there is one. */
    readonly end?: string;
  },
): Command {
  const { answer, end, ...rest } = definition;
  const run = ({ session }: Caller, input: Static<Input>): Answer => {
    const reply = answer(session, input);
    return end === undefined ? reply : { reply, end };
  };
  return command<Input>({ ...(rest as Omit<Command<Input>, "run">), run, answerStranger: answer });
}

/** Keeps the types of the arguments while it is written down, and forgets them for the table. */
export function command<Input extends TObject>(definition: Command<Input>): Command {
  return definition as unknown as Command;
}
