// A line of the chat server as what it means; docs/text.md tells what there is. One that is not so is just text.

/** Of a room, or of one's own inbox: then the place begins with `@`. */
export interface Message {
  /** From 1, without gaps. */
  readonly number: number;
  /** ISO 8601, as the server wrote it. */
  readonly at: string;
  readonly from: string;
  readonly text: string;
}

export interface Reply {
  readonly kind: "reply";
  readonly tag: string;
  /** Behind the command's name. */
  readonly text: string;
}

export interface Refusal {
  readonly kind: "refusal";
  readonly tag: string;
  /** Empty for a command that does not exist. */
  readonly code: string;
  /** The server's sentence, without the code. */
  readonly text: string;
}

export type ServerLine =
  | Reply
  | Refusal
  | { readonly kind: "message"; readonly place: string; readonly message: Message }
  | { readonly kind: "came"; readonly room: string; readonly id: string; readonly address: string }
  | { readonly kind: "went"; readonly room: string; readonly id: string; readonly reason: string }
  | { readonly kind: "notice"; readonly code: string; readonly text: string }
  | { readonly kind: "other"; readonly text: string };

const TAGGED = /^#(\S{1,32}) (.*)$/su;
const REPLY = /^([A-Z]{1,32}): ?(.*)$/su;
const CODED = /^(.*) \(([a-z0-9_.]{1,64})\)\.$/su;
const MESSAGE = /^\* (\S+) (\d{1,15}) (\S+) ([^\s:]+): ?(.*)$/su;
const CAME_OR_WENT = /^\* (\S+) ([+-]) (\S+) (\S+)$/u;
const NOTICE = /^\* ! (\S+) (.*)$/su;

export function parseServerLine(line: string): ServerLine {
  return parseEvent(line) ?? parseAnswer(line) ?? { kind: "other", text: line };
}

function parseEvent(line: string): ServerLine | undefined {
  const [isNotice, code = "", sentence = ""] = NOTICE.exec(line) ?? [];
  if (isNotice !== undefined) return { kind: "notice", code, text: sentence };
  const [isMessage, place = "", number = "", at = "", from = "", text = ""] = MESSAGE.exec(line) ?? [];
  if (isMessage !== undefined) return { kind: "message", place, message: { number: Number(number), at, from, text } };
  const [isMove, room = "", direction = "", id = "", last = ""] = CAME_OR_WENT.exec(line) ?? [];
  if (isMove === undefined) return undefined;
  return direction === "+" ? { kind: "came", room, id, address: last } : { kind: "went", room, id, reason: last };
}

function parseAnswer(line: string): ServerLine | undefined {
  const [, tag = "", untagged = line] = TAGGED.exec(line) ?? [];
  const [isAnswer, name = "", text = ""] = REPLY.exec(untagged) ?? [];
  if (isAnswer === undefined) return undefined;
  if (name !== "ERROR") return { kind: "reply", tag, text };
  const [, sentence, code = ""] = CODED.exec(text) ?? [];
  return { kind: "refusal", tag, code, text: sentence === undefined ? text : `${sentence}.` };
}
