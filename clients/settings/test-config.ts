// What comes of a client's command line: its options, or what is said of them.
import type { Environment } from "./command-line.ts";
import { configure, type Settings } from "./config.ts";

/** Of one client. */
export function configured<Options>(settings: Settings<Options>) {
  return {
    optionsOf(args: readonly string[], environment: Environment = {}): Options {
      const config = configure(settings, args, environment);
      if (config.kind !== "run") throw new Error(`Expected settings, got ${JSON.stringify(config)}`);
      return config.options;
    },
    reasonOf(args: readonly string[], environment: Environment = {}): string {
      const config = configure(settings, args, environment);
      return config.kind === "invalid" ? config.reason : `no error, but ${config.kind}`;
    },
  };
}
