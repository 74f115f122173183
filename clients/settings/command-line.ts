// The flags of a client as they were given: flags first, then the environment, then defaults, each checked before use.
import { parseArgs } from "node:util";

import { type ChoiceFlag, type Flag, type IntegerFlag, isOnOff, type OnOffFlag } from "./flags.ts";
import type { PlainSwitch, TextFlag } from "./flags.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Its message is one line, which names the setting and what was expected. */
export class InvalidSetting extends Error {}

type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

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
    const value = this.#raw(flag)?.value ?? flag.fallback;
    if (value !== "" || flag.fallback === "" || flag.mayBeEmpty === true) return value;
    throw new InvalidSetting(`--${flag.flag}: expected a ${flag.unit}, got ""`);
  }

  /** Of a person or a room, as `parse` has it. */
  name(flag: TextFlag, parse: (text: string) => string | undefined): string {
    const value = this.text(flag);
    const name = parse(value);
    if (name !== undefined) return name;
    const expected = "1 to 32 letters, digits, _ . - (the first a letter or a digit)";
    throw new InvalidSetting(`--${flag.flag}: expected ${expected}, got ${JSON.stringify(value)}`);
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

  onOff(flag: OnOffFlag): boolean {
    const yes = this.#values[flag.flag] === true;
    const no = this.#values[`no-${flag.flag}`] === true;
    if (yes && no) throw new InvalidSetting(`--${flag.flag} and --no-${flag.flag}: expected one of them, got both`);
    if (yes || no) return yes;
    const raw = this.#raw(flag);
    if (raw === undefined) return flag.fallback;
    const word = raw.value.trim().toLowerCase();
    if (word === "true" || word === "1") return true;
    if (word === "false" || word === "0") return false;
    throw new InvalidSetting(`${raw.source}: expected true, false, 1 or 0, got ${JSON.stringify(raw.value)}`);
  }

  /** An empty environment value counts as not set: that is how compose files and shells spell "none". */
  #raw(flag: Flag): { readonly value: string; readonly source: string } | undefined {
    const given = this.#values[flag.flag];
    if (typeof given === "string") return { value: given, source: `--${flag.flag}` };
    const name = "environment" in flag ? (flag.environment ?? "") : "";
    const value = this.#environment[name] ?? "";
    return value === "" ? undefined : { value, source: name };
  }
}

function parseFlags(args: readonly string[], flags: readonly Flag[]): FlagValues {
  const options = flags.flatMap((flag) => {
    const type = flag.unit === "switch" || isOnOff(flag) ? "boolean" : "string";
    const names = isOnOff(flag) ? [flag.flag, `no-${flag.flag}`] : [flag.flag];
    return names.map((name) => [name, { type }] as const);
  });
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
