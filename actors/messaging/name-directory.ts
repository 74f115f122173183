// All users, and all channels: who and what there is, in the order of coming. Nobody is ever taken out.
import { actor, limits, type Static, t } from "#runtime/mod.ts";

/** Of the only one there is of each. */
export const DIRECTORY_KEY = "all";

const NameSchema = t.Object({ name: t.String({ minLength: 1, maxLength: limits.messagingNameLengthMax }) });

/** A name is new, or was there, or there are as many as there may be. */
const AddedSchema = t.Union([t.Literal("added"), t.Literal("known"), t.Literal("full")]);
export type Added = Static<typeof AddedSchema>;

/** All names can be read in one range. */
const NAMES_PER_PAGE = 100;
const FIRST_PAGE = "page/";
/** `0` follows `/`. */
const BEHIND_LAST_PAGE = "page0";
const PAGE_DIGITS = 6;

const nameRow = (name: string): string => `name/${name}`;
const pageRow = (page: number): string => FIRST_PAGE + String(page).padStart(PAGE_DIGITS, "0");

export const UserDirectory = createDirectory("user-directory", limits.messagingUsersMax);
export const ChannelDirectory = createDirectory("channel-directory", limits.messagingChannelsMax);

export type NameDirectory = typeof UserDirectory;

function createDirectory(type: string, namesMax: number) {
  return actor(type, {
    state: () => ({ count: 0 }),
    durable: true,
    private: true,
    mailbox: { capacity: limits.messagingMailboxMax },
  })
    .on("add", { in: NameSchema, out: AddedSchema }, async ({ rows, state }, { name }) => {
      if ((await rows.get(nameRow(name))) !== undefined) return "known";
      if (state.count >= namesMax) return "full";
      const page = pageRow(Math.floor(state.count / NAMES_PER_PAGE));
      const names = ((await rows.get(page)) ?? []) as readonly string[];
      rows.put(nameRow(name), state.count++);
      rows.put(page, [...names, name]);
      return "added";
    })
    .read("has", { in: NameSchema, out: t.Boolean() }, async ({ rows }, { name }) => {
      return (await rows.get(nameRow(name))) !== undefined;
    })
    .read("list", { out: t.Array(t.String()) }, async ({ rows }) => {
      const range = { from: FIRST_PAGE, before: BEHIND_LAST_PAGE, limit: limits.rowsPerRangeMax };
      const pages = await rows.range(range);
      return pages.flatMap(({ value }) => value as readonly string[]);
    });
}
