// Messages of match clients with something wrong in them, made from a seed: noise, and commands with hostile fields.
import { createRandom, type Random } from "#runtime/base/random.ts";

const WORDS = [
  ..."adduser login list leaders begin answer result key resume heartbeat ping play end".split(" "),
  ..."matches watch unwatch record around top".split(" "),
  ..."invite match moved ended secport disconnect pong passwd; ".split(" "),
  "__proto__",
  "list\u0000",
  "ＬＩＳＴ",
];
/** These end what a player is. */
const FAREWELLS = ["logout", "exit", "passwd"];
const NAMES = "player-0 player-1 player-2 player-3 existing-0 existing-1".split(" ");
const FIELDS = [
  ..."True False hosted p2p WIN LOST DRAW 0 1 2 3 4 9 10 -1 80 5001 65535 65536 1e9 0x10 NaN".split(" "),
  ...NAMES,
  "Player-0",
  ..."00000000 zzzzzzzz __proto__ constructor hasOwnProperty ../.. ' OR --".split(" "),
  "",
  " ",
  "99999999999999999999999999",
  "\u0000",
  "\u001b[2J",
  "\u0085",
  "\u2028",
  "\uFFFD",
  "\u{1F600}",
  "é".repeat(300),
  "x".repeat(1_000),
  "a:b",
  "127.0.0.1",
];
const LONG = ["x".repeat(4_097), ";".repeat(4_090), "é".repeat(2_048)];

export interface FuzzedOptions {
  readonly seed: number;
  /** Of the connection: the same messages for the same seed and number. */
  readonly number: number;
  readonly count: number;
  /**
   * A player who is to stay: says nothing that ends his connection or his login, ends each message with LF, and says
   * much that he may say.
   */
  readonly own?: string;
}

export function fuzzedMessages({ seed, number, count, own }: FuzzedOptions): readonly Buffer[] {
  const random = createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  return Array.from({ length: count }, () => (own === undefined ? strangers(random) : players(random, own)));
}

const below = (random: Random, limit: number): number => Math.floor(random.next() * limit);

const oneOf = <Item>(random: Random, items: readonly Item[]): Item => items[below(random, items.length)] as Item;

function strangers(random: Random): Buffer {
  const kind = random.next();
  if (kind < 0.01) return Buffer.from(oneOf(random, LONG));
  const message = kind < 0.1 ? noise(random) : hostile(random, [...WORDS, ...FAREWELLS], [...FIELDS, "ana", "bea"]);
  return Buffer.concat([message, Buffer.from(oneOf(random, ["\n", "\n", "\n", "\r\n", "\n\n", "\r", ""]))]);
}

/** Not of the bystanders: who is free may be invited. */
function players(random: Random, own: string): Buffer {
  const kind = random.next();
  if (kind < 0.4) return Buffer.from(`${allowed(random, own)}\n`);
  const message = kind < 0.5 ? noise(random) : hostile(random, WORDS, FIELDS);
  // What begins with a digit would be a port.
  return Buffer.concat([
    Buffer.from(kind < 0.5 ? "?" : ""),
    message.filter((octet) => octet !== 0x0a),
    Buffer.from("\n"),
  ]);
}

function allowed(random: Random, own: string): string {
  const [other, row, column] = [oneOf(random, NAMES), 1 + below(random, 3), 1 + below(random, 3)];
  return oneOf(random, [
    `begin;${other};${own}`,
    `begin;${other};${own};hosted`,
    `answer;${other};True`,
    `answer;${other};True;5001;${own};5002`,
    `answer;${other};False`,
    `play;${row};${column}`,
    `play;${row};${column};${1 + below(random, 9)}`,
    `result;${own};${other};${oneOf(random, ["WIN", "LOST", "DRAW"])}`,
    `watch;${other}`,
    `around;${other}`,
    "matches",
    "leaders",
    "end",
  ]);
}

/** A command with fields, of which one octet may be another. */
function hostile(random: Random, words: readonly string[], fields: readonly string[]): Buffer {
  const chosen = Array.from({ length: below(random, 6) }, () => oneOf(random, fields));
  const message = Buffer.from([oneOf(random, words), ...chosen].join(";"));
  if (random.next() < 0.2 && message.length > 0) message[below(random, message.length)] = below(random, 256);
  return message;
}

function noise(random: Random): Buffer {
  return Buffer.from(Array.from({ length: below(random, 80) }, () => below(random, 256)));
}
