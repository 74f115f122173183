// The relay's command line: what it passes on, and how both ways misbehave; wrong values are all named.
import { parseArgs } from "node:util";

import type { Burst, LinkFaults, NetworkFaults } from "./relay-faults.ts";
import type { Partitioned, PlannedPartition } from "./relay-partition.ts";
import { parseValue, type ValueKind, wantedValue } from "./relay-values.ts";

/** One `--tcp` or `--udp`: what comes to `port` goes to the target. */
export interface Passage {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly target: { readonly hostname: string; readonly port: number };
}

export interface RelayCommand {
  readonly passages: readonly Passage[];
  readonly host: string;
  readonly seed: number;
  readonly json: boolean;
  readonly faults: NetworkFaults;
  readonly planned: readonly PlannedPartition[];
}

export type RelayFlags =
  | { readonly kind: "run"; readonly command: RelayCommand }
  | { readonly kind: "help"; readonly text: string }
  /** One line for each wrong value. */
  | { readonly kind: "wrong"; readonly problems: readonly string[] };

interface FaultFlag {
  readonly fault: Exclude<keyof LinkFaults, "burst" | "keepOrder">;
  readonly kind: ValueKind;
  readonly help: string;
}

/** Each is there as `--up-…` and `--down-…` too. */
const FAULT_FLAGS: Readonly<Record<string, FaultFlag>> = {
  loss: { fault: "loss", kind: "probability", help: "packets that are lost" },
  delay: { fault: "delayMs", kind: "milliseconds", help: "how long every packet takes" },
  jitter: { fault: "jitterMs", kind: "milliseconds", help: "up to so much more or less" },
  duplicate: { fault: "duplicate", kind: "probability", help: "datagrams that come twice" },
  reorder: { fault: "reorder", kind: "probability", help: "datagrams that later ones pass" },
  "reorder-by": { fault: "reorderByMs", kind: "milliseconds", help: "how much later these come (10)" },
  corrupt: { fault: "corrupt", kind: "probability", help: "packets with one wrong bit" },
  rate: { fault: "rateBitsPerSecond", kind: "bitsPerSecond", help: "speed of the link, such as 1mbit" },
  "rate-burst": { fault: "rateBurstBytes", kind: "bytes", help: "bytes that it lets through at once (3000)" },
  "rate-queue": { fault: "rateQueueBytes", kind: "bytes", help: "bytes that may wait for it (64k)" },
  "reset-after": { fault: "resetAfterBytes", kind: "bytes", help: "TCP: bytes after which a connection is reset" },
};
const BURST_HELP = "losses in bursts: enter,leave[,inside[,outside]], probabilities of the Gilbert-Elliott model";
const PREFIXES = ["", "up-", "down-"] as const;

const KNOWN: Readonly<Record<string, "string" | "boolean">> = {
  tcp: "string",
  udp: "string",
  host: "string",
  seed: "string",
  partition: "string",
  json: "boolean",
  help: "boolean",
  ...Object.fromEntries(
    PREFIXES.flatMap((prefix) => [
      ...[...Object.keys(FAULT_FLAGS), "burst"].map((name) => [`${prefix}${name}`, "string"] as const),
      [`${prefix}overtake`, "boolean"] as const,
    ]),
  ),
};

type Given = ReadonlyMap<string, readonly string[]>;

export function readRelayFlags(args: readonly string[]): RelayFlags {
  const problems: string[] = [];
  const given = readArgs(args, problems);
  if (given.has("help")) return { kind: "help", text: helpText() };
  const reader = new FlagReader(given, problems);
  const command = reader.command();
  if (problems.length > 0) return { kind: "wrong", problems };
  return { kind: "run", command };
}

/** Not `strict`, which throws at the first wrong flag: all are named, and the wrong values beside them. */
function readArgs(args: readonly string[], problems: string[]): Given {
  const options = Object.fromEntries(Object.entries(KNOWN).map(([name, type]) => [name, { type }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") {
      problems.push(`Cannot use "${token.value}": it belongs to no flag; --help lists all`);
    } else if (token.kind === "option") {
      const type = Object.hasOwn(KNOWN, token.name) ? KNOWN[token.name] : undefined;
      if (type === undefined) problems.push(`Cannot use ${token.rawName}: there is no such flag; --help lists all`);
      else if (type === "string" && token.value === undefined) {
        problems.push(`Cannot use ${token.rawName}: its value is missing`);
      } else given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? ""]);
    }
  }
  return given;
}

class FlagReader {
  readonly #given: Given;
  readonly #problems: string[];

  constructor(given: Given, problems: string[]) {
    this.#given = given;
    this.#problems = problems;
  }

  command(): RelayCommand {
    const passages = [...this.#all("tcp", parsePassage("tcp")), ...this.#all("udp", parsePassage("udp"))];
    if (!this.#given.has("tcp") && !this.#given.has("udp")) {
      this.#problems.push("Cannot start: neither --tcp nor --udp says what is passed on");
    }
    return {
      passages,
      host: this.#given.get("host")?.at(-1) ?? "127.0.0.1",
      seed: this.#number("seed", "whole") ?? 1,
      json: this.#given.has("json"),
      faults: { ...this.#link(""), up: this.#link("up-"), down: this.#link("down-") },
      planned: this.#all("partition", parsePartition),
    };
  }

  #link(prefix: (typeof PREFIXES)[number]): LinkFaults {
    const numbers = Object.entries(FAULT_FLAGS).flatMap(([name, { fault, kind }]) => {
      const value = this.#number(`${prefix}${name}`, kind);
      return value === undefined ? [] : [[fault, value] as const];
    });
    const burst = this.#all(`${prefix}burst`, parseBurst).at(-1);
    return {
      ...Object.fromEntries(numbers),
      ...(burst === undefined ? {} : { burst }),
      ...(this.#given.has(`${prefix}overtake`) ? { keepOrder: false } : {}),
    };
  }

  #number(name: string, kind: ValueKind): number | undefined {
    return this.#all(name, (text) => parseValue(kind, text) ?? wantedValue(kind)).at(-1);
  }

  /** Each value of the flag; a text in place of one says what it should have been. */
  #all<Value extends object | number>(name: string, parse: (text: string) => Value | string): Value[] {
    return (this.#given.get(name) ?? []).flatMap((text) => {
      const value = parse(text);
      if (typeof value !== "string") return [value];
      this.#problems.push(`Cannot use --${name}="${text}": it must be ${value}`);
      return [];
    });
  }
}

function parsePassage(protocol: Passage["protocol"]): (text: string) => Passage | string {
  return (text) => {
    const [, port = "", bracketed, plain, targetPort = ""] = /^(\d+):(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
    const hostname = bracketed ?? plain;
    const fits = hostname !== undefined && Number(port) <= 65_535 && Number(targetPort) <= 65_535;
    if (!fits || Number(targetPort) === 0) return "port:host:port, such as 6000:127.0.0.1:5000 (the first may be 0)";
    return { protocol, port: Number(port), target: { hostname, port: Number(targetPort) } };
  };
}

function parseBurst(text: string): Burst | string {
  const parts = text.split(",").map((part) => parseValue("probability", part));
  const [enter, leave, lossInside, lossOutside] = parts;
  const isWhole = parts.length <= 4 && !parts.includes(undefined);
  if (!isWhole || enter === undefined || leave === undefined) return "two to four probabilities, such as 0.01,0.3";
  return {
    enter,
    leave,
    ...(lossInside === undefined ? {} : { lossInside }),
    ...(lossOutside === undefined ? {} : { lossOutside }),
  };
}

function parsePartition(text: string): PlannedPartition | string {
  const [, from = "", until = "", cut = "both"] =
    /^([^.]+(?:\.\d+\w*)?)\.\.([^:]+)(?::(both|up|down))?$/.exec(text) ?? [];
  const [fromMs, untilMs] = [parseValue("milliseconds", from), parseValue("milliseconds", until)];
  if (fromMs === undefined || untilMs === undefined || fromMs >= untilMs) {
    return "a time from start to end, such as 5s..8s, 500ms..2s:up or 1s..9s:down";
  }
  return { fromMs, untilMs, cut: cut as Exclude<Partitioned, "none"> };
}

function helpText(): string {
  const rows: (readonly [string, string])[] = [
    ["tcp <port:host:port>", "listens on the port and passes connections on; may be repeated"],
    ["udp <port:host:port>", "the same for datagrams"],
    ["host <address>", "where it listens (127.0.0.1)"],
    ["seed <number>", "the same seed and the same packets come to the same end (1)"],
    [
      "partition <from..until[:up|:down]>",
      "cuts the network for that time since the start, such as 5s..8s; may be repeated",
    ],
    ["json", "figures as one JSON object a line"],
    ...Object.entries(FAULT_FLAGS).map(([name, { kind, help }]) => [`${name} <${kind}>`, help] as const),
    ["burst <probabilities>", BURST_HELP],
    ["overtake", "jitter may let datagrams pass each other"],
    ["help", "this list"],
  ];
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return [
    "Usage: bun run relay --tcp 6000:127.0.0.1:5000 --udp 6001:127.0.0.1:5001 --loss 5% --delay 20 --seed 7",
    "",
    "Passes TCP and UDP on as a bad network would. Every fault is there as --up-… (client to server) and",
    "--down-… too, which win over the one for both ways.",
    "",
    ...rows.map(([flag, help]) => `  --${flag.padEnd(width)}  ${help}`),
    "",
  ].join("\n");
}
