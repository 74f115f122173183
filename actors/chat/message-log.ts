// Numbered messages as rows of the actor they were sent to: a room, or a person. The oldest go when there are too many.
import { limits, type Rows, type Static, t } from "#runtime/mod.ts";

export const MessageSchema = t.Object({
  number: t.Integer({ minimum: 1 }),
  at: t.Integer({ description: "Unix milliseconds" }),
  from: t.String(),
  text: t.String(),
});

export type Message = Static<typeof MessageSchema>;

export const PageSchema = t.Object({
  after: t.Optional(t.Integer({ minimum: 0, description: "Messages with higher numbers; the newest unless given" })),
  count: t.Integer({ minimum: 1, maximum: limits.historyPageMax }),
});

type Page = Static<typeof PageSchema>;

const NUMBER_DIGITS = 12;
const FIRST_ROW = "message/";
/** `0` follows `/`. */
const BEHIND_LAST_ROW = "message0";

/** In the turn that has counted `message.number`, so that number and row are committed together. */
export function appendMessage(rows: Pick<Rows, "put" | "delete">, message: Message): void {
  const { number, ...rest } = message;
  rows.put(rowOf(number), rest);
  if (number > limits.historyMax) rows.delete(rowOf(number - limits.historyMax));
}

/** Oldest first. */
export async function readMessages(rows: Pick<Rows, "range">, { after, count }: Page): Promise<Message[]> {
  if (after !== undefined) {
    const found = await rows.range({ from: rowOf(after + 1), before: BEHIND_LAST_ROW, limit: count });
    return found.map(toMessage);
  }
  const latest = await rows.range({ from: FIRST_ROW, before: BEHIND_LAST_ROW, limit: count, reverse: true });
  return latest.map(toMessage).toReversed();
}

function rowOf(number: number): string {
  return FIRST_ROW + String(number).padStart(NUMBER_DIGITS, "0");
}

function toMessage({ row, value }: { readonly row: string; readonly value: unknown }): Message {
  return { number: Number(row.slice(FIRST_ROW.length)), ...(value as Omit<Message, "number">) };
}
