// What a client is to do, by its command line: run with options, show its help, or say what is wrong with them.
import { CommandLine, type Environment, InvalidSetting } from "./command-line.ts";
import type { Flag } from "./flags.ts";

export type Config<Options> =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly reason: string };

/** What a client takes. `read` may throw an `InvalidSetting`. */
export interface Settings<Options> {
  readonly flags: readonly Flag[];
  help(): string;
  read(settings: CommandLine, environment: Environment): Options;
}

/** A wrong value is named together with what was expected, in one line. */
export function configure<Options>(
  { flags, help, read }: Settings<Options>,
  args: readonly string[],
  environment: Environment = process.env,
): Config<Options> {
  try {
    const settings = new CommandLine(args, flags, environment);
    if (settings.wantsHelp) return { kind: "help", text: help() };
    return { kind: "run", options: read(settings, environment) };
  } catch (error) {
    if (error instanceof InvalidSetting) return { kind: "invalid", reason: error.message };
    throw error;
  }
}

/** The exit code: 0 where only help was wanted, 2 where a setting is wrong. */
export async function runConfigured<Options>(
  config: Config<Options>,
  run: (options: Options) => Promise<number>,
): Promise<number> {
  if (config.kind === "run") return await run(config.options);
  if (config.kind === "help") console.log(config.text);
  else console.error(config.reason);
  return config.kind === "help" ? 0 : 2;
}
