// A line from the server: the reply to a command, or something that nobody asked for.

/** A message in a room, or to us: then the place begins with `@`. */
export interface Message {
  readonly place: string;
  readonly number: number;
  /** ISO 8601, as the server wrote it. */
  readonly at: string;
  readonly from: string;
  readonly text: string;
}

export type ServerLine =
  | { readonly kind: "reply"; readonly tag: string; readonly name: string; readonly text: string }
  /** The code is empty for a command that does not exist. */
  | { readonly kind: "refusal"; readonly tag: string; readonly code: string; readonly text: string }
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "joined"; readonly room: string; readonly id: string; readonly address: string }
  | { readonly kind: "left"; readonly room: string; readonly id: string; readonly reason: string }
  | { readonly kind: "notice"; readonly code: string; readonly text: string }
  | { readonly kind: "other"; readonly text: string };

const TAGGED = /^#(\S{1,32}) /;
const REPLY = /^([A-Z]{1,32}): ?(.*)$/su;
const CODE = / \(([a-z0-9_.]{1,64})\)\.$/;
const MESSAGE = /^\* (\S+) (\d{1,15}) (\S+) ([^\s:]+): ?(.*)$/su;
const CAME_OR_WENT = /^\* (\S+) ([+-]) (\S+) (\S+)$/u;
const NOTICE = /^\* ! (\S+) (.*)$/su;

/** `line` has no ending. Nothing in it is safe to show yet. */
export function parseServerLine(line: string): ServerLine {
  return parseEvent(line) ?? parseReply(line) ?? { kind: "other", text: line };
}

function parseEvent(line: string): ServerLine | undefined {
  const notice = NOTICE.exec(line);
  if (notice !== null) return { kind: "notice", code: notice[1] ?? "", text: notice[2] ?? "" };
  const [isMessage, place = "", number = "", at = "", from = "", text = ""] = MESSAGE.exec(line) ?? [];
  if (isMessage !== undefined) return { kind: "message", message: { place, number: Number(number), at, from, text } };
  const [moved, room = "", direction = "", id = "", last = ""] = CAME_OR_WENT.exec(line) ?? [];
  if (moved === undefined) return undefined;
  return direction === "+" ? { kind: "joined", room, id, address: last } : { kind: "left", room, id, reason: last };
}

function parseReply(line: string): ServerLine | undefined {
  const tagged = TAGGED.exec(line);
  const tag = tagged?.[1] ?? "";
  const [isReply, name = "", text = ""] = REPLY.exec(tagged === null ? line : line.slice(tagged[0].length)) ?? [];
  if (isReply === undefined) return undefined;
  if (name === "ERROR") return { kind: "refusal", tag, code: CODE.exec(text)?.[1] ?? "", text };
  return { kind: "reply", tag, name, text };
}
