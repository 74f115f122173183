// What a client's flags can be: one table of them is what is parsed, and what --help prints.

interface NamedFlag {
  readonly flag: string;
  readonly unit: string;
  readonly meaning: string;
}

interface SettingFlag extends NamedFlag {
  /** Name in the documents; settings that the documents do not have are flags only. */
  readonly environment?: string;
}

export interface IntegerFlag extends SettingFlag {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

export interface TextFlag extends SettingFlag {
  readonly fallback: string;
  /** Given as "", it is that; others must then be something, unless they are nothing by default. */
  readonly mayBeEmpty?: boolean;
}

export interface ChoiceFlag<Choice extends string = string> extends TextFlag {
  readonly choices: readonly Choice[];
}

/** With a `no-` before it, the contrary. */
export interface OnOffFlag extends SettingFlag {
  readonly fallback: boolean;
}

/** Given or not; nothing follows it. */
export interface PlainSwitch extends NamedFlag {
  readonly unit: "switch";
}

export type Flag = IntegerFlag | TextFlag | ChoiceFlag | OnOffFlag | PlainSwitch;

export function isOnOff(flag: Flag): flag is OnOffFlag {
  return "fallback" in flag && typeof flag.fallback === "boolean";
}

/** One line for each flag. */
export function flagTable(flags: readonly Flag[]): string {
  const rows = flags.map((flag) => {
    const environment = ("environment" in flag ? flag.environment : undefined) ?? "-";
    const fallback = "fallback" in flag ? String(flag.fallback) || "-" : "-";
    const unit = "choices" in flag ? flag.choices.join("|") : flag.unit;
    return [`--${isOnOff(flag) ? "[no-]" : ""}${flag.flag}`, environment, unit, fallback, flag.meaning];
  });
  const table = [["flag", "environment", "unit", "default", "meaning"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`);
  return lines.map((line) => line.trimEnd()).join("\n");
}
