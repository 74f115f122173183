// Flags of a client from a table: checked before use, listed by --help, and named when they are wrong.
import { parseArgs } from "node:util";

import type { IntegerFlag, TextFlag } from "../load/flags.ts";

export interface ChoiceFlag<Choice extends string = string> extends TextFlag {
  readonly choices: readonly Choice[];
}

/** Given or not; nothing follows it. */
export interface PlainSwitch {
  readonly flag: string;
  readonly unit: "switch";
  readonly meaning: string;
}

export type Flag = IntegerFlag | TextFlag | ChoiceFlag | PlainSwitch;

export type Environment = Readonly<Record<string, string | undefined>>;

export class InvalidSetting extends Error {}

type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

/** What was given, by flag; the environment where the flag is missing and has a name there. */
export class CommandLine {
  readonly #values: FlagValues;
  readonly #environment: Environment;

  /** Throws an `InvalidSetting` for what is not in the table. */
  constructor(args: readonly string[], flags: readonly Flag[], environment: Environment) {
    this.#values = parseFlags(args, flags);
    this.#environment = environment;
  }

  get wantsHelp(): boolean {
    return this.#values["help"] === true;
  }

  isGiven(flag: Flag): boolean {
    return this.#raw(flag) !== undefined;
  }

  switched({ flag }: PlainSwitch): boolean {
    return this.#values[flag] === true;
  }

  text(flag: TextFlag): string {
    return this.#raw(flag)?.value ?? flag.fallback;
  }

  choice<Choice extends string>(flag: ChoiceFlag<Choice>): Choice {
    const { value, source } = this.#raw(flag) ?? { value: flag.fallback, source: `--${flag.flag}` };
    const found = flag.choices.find((choice) => choice === value.toLowerCase());
    if (found !== undefined) return found;
    throw new InvalidSetting(`${source}: expected ${flag.choices.join(", ")}, got ${JSON.stringify(value)}`);
  }

  integer(flag: IntegerFlag): number {
    const raw = this.#raw(flag);
    if (raw === undefined) return flag.fallback;
    const value = /^[0-9]{1,15}$/.test(raw.value) ? Number(raw.value) : Number.NaN;
    if (value >= flag.min && value <= flag.max) return value;
    const expected = `a whole number from ${flag.min} to ${flag.max} (${flag.unit})`;
    throw new InvalidSetting(`${raw.source}: expected ${expected}, got ${JSON.stringify(raw.value)}`);
  }

  /** An empty environment value counts as not set. */
  #raw(flag: Flag): { readonly value: string; readonly source: string } | undefined {
    const given = this.#values[flag.flag];
    if (typeof given === "string") return { value: given, source: `--${flag.flag}` };
    const name = "environment" in flag ? (flag.environment ?? "") : "";
    const value = this.#environment[name] ?? "";
    return value === "" ? undefined : { value, source: name };
  }
}

/** One line for each flag. */
export function flagTable(flags: readonly Flag[]): string {
  const rows = flags.map((flag) => {
    const environment = ("environment" in flag ? flag.environment : undefined) ?? "-";
    const fallback = "fallback" in flag ? String(flag.fallback) || "-" : "-";
    const unit = "choices" in flag ? flag.choices.join("|") : flag.unit;
    return [`--${flag.flag}`, environment, unit, fallback, flag.meaning];
  });
  const table = [["flag", "environment", "unit", "default", "meaning"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`);
  return lines.map((line) => line.trimEnd()).join("\n");
}

function parseFlags(args: readonly string[], flags: readonly Flag[]): FlagValues {
  const options = flags.map(({ flag, unit }) => [flag, { type: unit === "switch" ? "boolean" : "string" }] as const);
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: { help: { type: "boolean", short: "h" }, ...Object.fromEntries(options) },
    }).values as FlagValues;
  } catch (error) {
    const [message = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    const plain = message.replace(" is ambiguous.", " missing: what follows begins with a dash");
    throw new InvalidSetting(`${plain} (--help lists all settings)`);
  }
}
