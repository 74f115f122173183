// A person behind an id: who holds it, with which key it can be taken up again, and the direct messages sent to it.
import { actor, limits, type Rows, t } from "#runtime/mod.ts";

import { Hold, holdKey } from "./hold.ts";
import { inboxPlace, messageLine } from "./lines.ts";
import { appendMessage, type Message, MessageSchema, PageSchema, readMessages } from "./message-log.ts";
import type { Id } from "./names.ts";
import {
  GoneSchema,
  HolderSchema,
  isSameSession,
  type SessionAddress,
  SessionAddressSchema,
} from "./session-address.ts";
import { inboxLines } from "./topics.ts";

const ClaimSchema = t.Object({
  id: t.Unsafe<Id>(t.String()),
  session: SessionAddressSchema,
  /** Of an earlier claim: who has it takes the id over. */
  resumeKey: t.Optional(t.String()),
  /** What the id can be taken up with from now on, where it is not taken up with a key. */
  nextKey: t.String(),
  hasAccount: t.Boolean(),
  /** The account's password was given. */
  loggedIn: t.Boolean(),
});

const ClaimedSchema = t.Object({
  resumeKey: t.String(),
  last: t.Integer(),
  since: t.Integer({ description: "Higher than that of whoever held the id before" }),
});
const HistorySchema = t.Object({ page: PageSchema, reader: SessionAddressSchema });
const DeliverSchema = t.Object({
  from: t.Unsafe<Id>(t.String()),
  text: t.String({ maxLength: limits.textLineBytesMax }),
});

interface PersonState {
  /** As its owner wrote it; empty while nobody has the id. */
  id: string;
  /** Empty when the id can be taken up with a password alone. */
  resumeKey: string;
  holder: SessionAddress | undefined;
  /** When it got the id, in Unix milliseconds, or just after that of the one before. */
  since: number;
  /** Its owner has an account: the id is never free again. */
  registered: boolean;
  /** Number of the last direct message. */
  last: number;
}

/** The key is that of the id (`idKey`). A guest's id is free again some time after its connection is gone. */
export const Person = actor("chat-person", {
  about: "Who has an id in the chat, and the messages sent to him directly; the key is the id as it is compared",
  aboutMethods: {
    claim: "Takes the id for a session",
    register: "Keeps the id for the owner of its account",
    release: "Gives the id up: its session has logged out or closed",
    gone: "Told by the runtime: the session that had the id is gone",
    free: "Told by an alarm: the time for which a guest's id was kept is over",
    deliver: "Keeps a direct message, and tells whoever has the id",
    revoke: "Forgets the key that the id is taken up with, and says which session has the id",
    history: "A page of the direct messages, for the session that has the id",
  },
  state: (): PersonState => ({ id: "", resumeKey: "", holder: undefined, since: 0, registered: false, last: 0 }),
  durable: true,
  private: true,
  onceResultsMax: limits.messageTagsMax,
})
  .on("claim", { in: ClaimSchema, out: ClaimedSchema }, async (person, claim) => {
    const { state } = person;
    const { session, loggedIn } = claim;
    const hasKey = state.resumeKey !== "" && claim.resumeKey === state.resumeKey;
    const again = isSameSession(state.holder, session) || hasKey;
    if (claim.hasAccount && !loggedIn && !again) throw person.refuse("chat.login_needed");
    if (state.id !== "" && !loggedIn && !again) throw person.refuse("chat.id_in_use");
    if (state.holder !== undefined && !isSameSession(state.holder, session)) {
      // First of all: whatever becomes of this turn's commit, there are never two.
      await person.ref(Hold, holdKey(state.holder)).end();
      person.unwatch(state.holder);
    }
    if (loggedIn && !state.registered) await clearInbox(person);
    person.cancelAlarm("free");
    person.watch(session, "gone");
    const registered = state.registered || loggedIn;
    // The key stays the same as long as it is used: the answer to an earlier claim may never have arrived.
    const resumeKey = again ? state.resumeKey : claim.nextKey;
    const since = isSameSession(state.holder, session)
      ? state.since
      : Math.max(state.since + 1, Math.floor(person.turnStartedAt));
    Object.assign(state, { id: claim.id, resumeKey, holder: session, since, registered });
    return { resumeKey, last: state.last, since };
  })
  .on("register", { in: t.Unsafe<Id>(t.String()) }, ({ state }, id) => {
    // A guest who has the id keeps it until its owner comes; see `claim`.
    if (state.id === "") Object.assign(state, { id, registered: true });
  })
  .on("release", { in: SessionAddressSchema }, (person, session) => {
    if (!isSameSession(person.state.holder, session)) return;
    person.unwatch(session);
    person.state.holder = undefined;
    // Whoever has logged out must log in again.
    person.state.resumeKey = "";
    if (!person.state.registered) person.destroy();
  })
  // Its account is disabled, or its password another one: whoever holds the id is ended by him who asks.
  .on("revoke", { out: HolderSchema }, ({ state }) => {
    state.resumeKey = "";
    return state.holder === undefined ? {} : { holder: state.holder };
  })
  .on("gone", { in: GoneSchema }, (person, { type, key }) => {
    if (!isSameSession(person.state.holder, { type, key })) return;
    person.state.holder = undefined;
    if (!person.state.registered) person.alarm("free", { afterMs: limits.idReservedMs, send: "free" });
  })
  .on("free", {}, (person) => {
    if (person.state.holder === undefined && !person.state.registered) person.destroy();
  })
  .on("deliver", { in: DeliverSchema, out: t.Integer({ description: "Its number" }) }, (person, { from, text }) => {
    const { state, rows } = person;
    if (state.id === "") {
      // Nobody is here: what a tag would be remembered by is not kept either.
      person.destroy();
      throw person.refuse("chat.unknown_id");
    }
    const message: Message = { number: ++state.last, at: person.turnStartedAt, from, text };
    appendMessage(rows, message);
    if (state.holder !== undefined) {
      person.publish(inboxLines(holdKey(state.holder)), messageLine(inboxPlace(state.id), message));
    }
    return message.number;
  })
  .read("history", { in: HistorySchema, out: t.Array(MessageSchema) }, async (person, { page, reader }) => {
    if (!isSameSession(person.state.holder, reader)) throw person.refuse("chat.replaced");
    return readMessages(person.rows, page);
  });

/** What was sent to a guest of this id is not for whoever has the account. */
async function clearInbox(person: { readonly rows: Rows; readonly state: PersonState }): Promise<void> {
  while (true) {
    const found = await person.rows.range({ limit: limits.rowsPerRangeMax });
    for (const { row } of found) person.rows.delete(row);
    if (found.length < limits.rowsPerRangeMax) break;
  }
  person.state.last = 0;
}
