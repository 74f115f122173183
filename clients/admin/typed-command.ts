// The commands of the administration's program, from the words of its command line.
import type { ClockChange } from "#actors/servers/administration.ts";

export type Command =
  | { readonly kind: "list" }
  | { readonly kind: "poll-clock" }
  | { readonly kind: "election"; readonly isAll: boolean }
  | { readonly kind: "set-clock"; readonly name: string; readonly change: ClockChange }
  | { readonly kind: "announce"; readonly name: string }
  | { readonly kind: "status"; readonly name: string }
  | { readonly kind: "live"; readonly everyMs: number };

interface CommandFlags {
  readonly isAll: boolean;
  readonly everyMs: number;
}

interface Kind {
  readonly usage: string;
  readonly help: string;
  /** Given as many words as the usage has behind its first; undefined where they are not what they should be. */
  parse(words: readonly string[], flags: CommandFlags): Command | undefined;
}

const KINDS: readonly Kind[] = [
  {
    usage: "list",
    help: "the servers that are alive: rank, name, address, whether it votes",
    parse: () => ({ kind: "list" }),
  },
  {
    usage: "poll-clock",
    help: "what the clock of each shows, and how far that is from here",
    parse: () => ({ kind: "poll-clock" }),
  },
  {
    usage: "election",
    help: "whom the reference says coordinates; with --all, whom each server says",
    parse: (_, { isAll }) => ({ kind: "election", isAll }),
  },
  {
    usage: "set-clock NAME TIME|+MS|-MS",
    help: "puts a server's clock on or back, by a minute at most",
    parse: ([name = "", time = ""]) => {
      const change = parseChange(time);
      return change && { kind: "set-clock", name, change };
    },
  },
  {
    usage: "announce NAME",
    help: "tells whoever listens to the topic servers that it coordinates",
    parse: ([name = ""]) => ({ kind: "announce", name }),
  },
  {
    usage: "status NAME",
    help: "how all servers stand, as this one sees them",
    parse: ([name = ""]) => ({ kind: "status", name }),
  },
  {
    usage: "live",
    help: "all of it and the queues, again and again, until q or Ctrl-C",
    parse: (_, { everyMs }) => ({ kind: "live", everyMs }),
  },
];

const RELATIVE = /^[+-]\d{1,15}(?:\.\d{1,9})?$/;
const UNIX_SECONDS = /^\d{1,12}(?:\.\d{1,9})?$/;
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** What is wrong, as a text, where it is none. */
export function parseCommand([name = "", ...words]: readonly string[], flags: CommandFlags): Command | string {
  const kind = KINDS.find(({ usage }) => usage.split(" ", 1)[0] === name);
  if (kind === undefined) {
    const known = KINDS.map(({ usage }) => usage.split(" ", 1)[0]).join(", ");
    return `Expected a command, one of ${known}, got ${JSON.stringify(name)} (--help says more)`;
  }
  const isComplete = words.length === kind.usage.split(" ").length - 1 && !words.includes("");
  return (isComplete ? kind.parse(words, flags) : undefined) ?? `Expected "${kind.usage}" (--help says more)`;
}

/** One line for each command. */
export function commandUsages(): readonly string[] {
  const width = Math.max(...KINDS.map(({ usage }) => usage.length));
  return KINDS.map(({ usage, help }) => `${usage.padEnd(width)}  ${help}`);
}

function parseChange(text: string): ClockChange | undefined {
  if (RELATIVE.test(text)) return { differenceMs: Number(text) };
  const time = UNIX_SECONDS.test(text) ? Number(text) : DATE.test(text) ? Date.parse(text) / 1_000 : Number.NaN;
  return Number.isNaN(time) ? undefined : { time };
}
