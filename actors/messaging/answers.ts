// The services, by name: what each makes of the data of a request, and what its reply says.
import { limits } from "#runtime/mod.ts";

import { digest } from "../chat/digest.ts";
import type { Desk } from "./desk.ts";
import type { HistoryInput, MessageInput, Once } from "./messaging-store.ts";
import { parseChannelName, parseUserName } from "./names.ts";
import { channelExists, type Problem, problems } from "./problems.ts";

export type Fields = Readonly<Record<string, unknown>>;

interface Asked {
  readonly data: Fields;
  /** Of a request that is done once. */
  readonly id: string | undefined;
  /** When it is served, as text. */
  readonly time: string;
}

/** Fields of the reply, in their order; time and clocks come behind them. */
export type Outcome = { readonly fields: Fields } | { readonly problem: Problem };

export interface Answer {
  /** Where the reply says what is wrong. */
  readonly problemField: "description" | "message";
  readonly give: (desk: Desk, asked: Asked) => Promise<Outcome>;
}

/** As existing clients know them, to the byte; `history` is ours. */
export const answers: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ["login", { problemField: "description", give: login }],
  ["users", { problemField: "message", give: async ({ store }) => done({ users: await store.users() }) }],
  ["channel", { problemField: "description", give: createChannel }],
  ["channels", { problemField: "message", give: async ({ store }) => done({ channels: await store.channels() }) }],
  ["publish", { problemField: "message", give: publish }],
  ["message", { problemField: "message", give: message }],
  ["history", { problemField: "message", give: history }],
]);

/** What is said, of whom, and to whom; nobody where there can be no such name. */
interface Saying {
  readonly from: unknown;
  readonly send: ((said: Pick<MessageInput, "post" | "once">) => Promise<number | "unknown">) | undefined;
  readonly nobody: Problem;
  readonly fields: Fields;
}

async function login({ store }: Desk, asked: Asked): Promise<Outcome> {
  const user = parseUserName(asked.data["user"]);
  if (user === undefined) return no(problems.badUser);
  const added = await store.login({ user, ...onceBy(user, asked) });
  if (added === "full") return no(problems.tooManyUsers);
  if (added === "added") return done({ status: "sucesso", description: "Login registrado com sucesso.", user });
  return done({ status: "logado", description: `Usuário '${user}' já está cadastrado e logado.`, user });
}

async function createChannel({ store }: Desk, asked: Asked): Promise<Outcome> {
  const channel = parseChannelName(asked.data["channel"]);
  if (channel === undefined) return no(problems.badChannel);
  const added = await store.createChannel({ channel, ...onceBy(channel, asked) });
  if (added === "full") return no(problems.tooManyChannels);
  if (added === "known") return no(channelExists(channel));
  return done({ status: "sucesso", description: `Canal '${channel}' criado com sucesso.` });
}

function publish(desk: Desk, asked: Asked): Promise<Outcome> {
  const channel = parseChannelName(asked.data["channel"]);
  return say(desk, asked, {
    from: asked.data["user"],
    send: channel && ((said) => desk.store.publish({ channel, ...said })),
    nobody: problems.noChannel,
    fields: { status: "OK", message: "" },
  });
}

function message(desk: Desk, asked: Asked): Promise<Outcome> {
  const to = parseUserName(asked.data["dst"]);
  return say(desk, asked, {
    from: asked.data["src"],
    send: to && ((said) => desk.store.message({ to, ...said })),
    nobody: problems.noReceiver,
    fields: { status: "OK" },
  });
}

async function say({ clocks }: Desk, asked: Asked, { from: given, send, nobody, fields }: Saying): Promise<Outcome> {
  const from = parseUserName(given);
  const text = asked.data["message"];
  if (from === undefined) return no(problems.badUser);
  if (send === undefined) return no(nobody);
  if (typeof text !== "string") return no(problems.badText);
  if (text.length > limits.messagingTextLengthMax) return no(problems.textTooLong);
  const post = { from, text, time: asked.time, hlc: clocks.hybrid.tick() };
  const number = await send({ post, ...onceBy(from, asked, text) });
  return number === "unknown" ? no(nobody) : done(fields);
}

async function history({ store }: Desk, { data }: Asked): Promise<Outcome> {
  const isOfChannel = isGiven(data["channel"]);
  if (isOfChannel === isGiven(data["user"])) return no(problems.badFeed);
  const page = parsePage(data);
  if (page === undefined) return no(problems.badPage);
  const channel = parseChannelName(data["channel"]);
  const user = parseUserName(data["user"]);
  const of = channel !== undefined ? { channel } : user !== undefined ? { user } : undefined;
  const found = of === undefined ? "unknown" : await store.history({ of, ...page });
  if (found === "unknown") return no(isOfChannel ? problems.noChannel : problems.noUser);
  return done({ messages: found.messages, last: found.last });
}

function parsePage(data: Fields): Omit<HistoryInput, "of"> | undefined {
  const after = data["after"] ?? undefined;
  const count = data["count"] ?? limits.historyPage;
  if (!isWhole(count, 1, limits.historyPageMax)) return undefined;
  if (after === undefined) return { count };
  return isWhole(after, 0, Number.MAX_SAFE_INTEGER) ? { after, count } : undefined;
}

/** The same id of somebody else is another one; and under one that was used before, another text is another message. */
function onceBy(who: string, { id }: Asked, text = ""): Once {
  return id === undefined ? {} : { once: `${who}\n${id}\n${digest(text)}` };
}

/** Clients in Node send null for what they have not. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

function done(fields: Fields): Outcome {
  return { fields };
}

function no(problem: Problem): Outcome {
  return { problem };
}
