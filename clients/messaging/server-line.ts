// Lines from the messaging server as what they mean: replies, and numbered publications. Nothing in them is safe yet.

export type Fields = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly service: string;
  /** With fields that nobody has told us of. */
  readonly data: Fields;
  readonly isRefused: boolean;
  /** What the server says to it, where it says anything. */
  readonly text: string;
  /** Lamport time; undefined where there is none. */
  readonly clock: number | undefined;
}

/** A channel, or the inbox of a user: two of one name have nothing to do with each other. */
export interface Source {
  readonly kind: "channel" | "user";
  readonly name: string;
}

/** A message of a channel, or of somebody's inbox. */
export interface Published {
  readonly number: number;
  /** `ana: oi [12:00:00] (clock=5)`: what was published, without its topic. */
  readonly line: string;
}

/** Undefined for what is no reply. */
export function parseReply(line: string): Reply | undefined {
  const value = parseJson(line);
  if (!isMap(value) || typeof value["service"] !== "string" || !isMap(value["data"])) return undefined;
  const { service, data } = value;
  const [description, message] = [data["description"], data["message"]];
  const text = typeof description === "string" ? description : message;
  return {
    service,
    data,
    isRefused: service === "error" || data["status"] === "erro",
    text: typeof text === "string" ? text : "",
    clock: isWhole(data["clock"]) ? data["clock"] : undefined,
  };
}

/** Of the reply to `history`: what is a message, oldest first; and the number of the last that there is. */
export function pageOf(of: Source, { messages, last }: Fields): { messages: readonly Published[]; last: number } {
  const found = Array.isArray(messages) ? messages.flatMap((message) => publishedIn(of, message)) : [];
  return { messages: found, last: isWhole(last) ? last : (found.at(-1)?.number ?? 0) };
}

/** What to subscribe to for its numbered messages. */
export function feedTopic({ kind, name }: Source): string {
  return `${kind === "channel" ? "@" : "@@"}${name}\t`;
}

/** A publication of that topic: `@geral\t7 geral ana: oi [12:00:00] (clock=5)`. Undefined for any other. */
export function parsePublication(of: Source, text: string): Published | undefined {
  const topic = feedTopic(of);
  if (!text.startsWith(topic)) return undefined;
  const [, number, line] = /^(\d{1,15}) (.*)$/su.exec(text.slice(topic.length)) ?? [];
  return number === undefined || line === undefined ? undefined : published(of, Number(number), line);
}

/** As it stands at the end of a published line. */
export function clockOf(line: string): number | undefined {
  const [, clock] = / \(clock=(\d{1,15})\)$/.exec(line) ?? [];
  return clock === undefined ? undefined : Number(clock);
}

/** Those that are texts. */
export function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}

function publishedIn(of: Source, message: unknown): readonly Published[] {
  if (!isMap(message) || !isWhole(message["number"]) || typeof message["text"] !== "string") return [];
  const found = published(of, message["number"], message["text"]);
  return found === undefined ? [] : [found];
}

/** The line begins with the topic of those who take no numbers: the name. */
function published({ name }: Source, number: number, line: string): Published | undefined {
  return number > 0 && line.startsWith(`${name} `) ? { number, line: line.slice(name.length + 1) } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
