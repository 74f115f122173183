// Commands that a person may type: each has a name, and says what it is for and what it takes.

export interface TypedCommand<Typed> {
  /** With its name: `send LINHA COLUNA`. */
  readonly usage: string;
  readonly help: string;
  /** Undefined when the arguments are not what they should be. */
  parse(rest: string): Typed | undefined;
}

/** By name. */
export type CommandTable<Typed> = ReadonlyMap<string, TypedCommand<Typed>>;

/** Why a line is none of them. */
export interface WrongLine {
  readonly kind: "wrong";
  readonly usage: string;
}

/** Undefined where there is no command of this name. */
export function parseCommand<Typed>(
  commands: CommandTable<Typed>,
  name: string,
  rest: string,
): Typed | WrongLine | undefined {
  const command = commands.get(name.toLowerCase());
  return command && (command.parse(rest) ?? { kind: "wrong", usage: `Use: ${command.usage}` });
}

/** One line each. */
export function commandHelp(commands: CommandTable<unknown>): readonly string[] {
  const width = Math.max(...Array.from(commands.values(), ({ usage }) => usage.length));
  return Array.from(commands.values(), ({ usage, help }) => `${usage.padEnd(width)}  ${help}`);
}

/** From 1 to `max`; undefined for what is no such number. Nothing is `fallback`. */
export function parseCount(rest: string, fallback: number, max: number): number | undefined {
  if (rest === "") return fallback;
  const count = /^\d{1,9}$/.test(rest) ? Number(rest) : 0;
  return count < 1 || count > max ? undefined : count;
}
