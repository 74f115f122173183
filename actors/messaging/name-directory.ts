// All users, and all channels: who and what there is, in the order of coming. Nobody is ever taken out.
import { actor, type Addressable, type DurableReadContext, limits, type Static, t } from "#runtime/mod.ts";

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

/** Each node has its own: what has been read is kept, for as long as nothing comes to it. */
export function createUserDirectory() {
  return createDirectory(USER_DIRECTORY, limits.messagingUsersMax);
}

export function createChannelDirectory() {
  return createDirectory(CHANNEL_DIRECTORY, limits.messagingChannelsMax);
}

const USER_DIRECTORY = "user-directory";
const CHANNEL_DIRECTORY = "channel-directory";

type NameDirectory = ReturnType<typeof createDirectory>;

/** By name: whoever asks needs not know which node's they are. */
export const userDirectories = { name: USER_DIRECTORY } as Addressable<NameDirectory["shape"]["methods"]>;
export const channelDirectories = { name: CHANNEL_DIRECTORY } as typeof userDirectories;

function createDirectory(type: string, namesMax: number) {
  const read = new NamesRead();
  return actor(type, {
    about: "All users, or all channels, in the order of coming",
    aboutMethods: {
      add: "Adds a name, where it is new",
      has: "Whether there is such a name",
      list: "All names",
    },
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
      read.forget();
      rows.put(nameRow(name), state.count++);
      rows.put(page, [...names, name]);
      return "added";
    })
    .read("has", { in: NameSchema, out: t.Boolean() }, async (directory, { name }) => {
      return (await read.namesOf(directory)).has(name);
    })
    .read("list", { out: t.Array(t.String()) }, async (directory) => [...(await read.namesOf(directory))]);
}

/** What was last read of the names, in their order. A name that is not stored after all leaves another count behind. */
class NamesRead {
  #names: ReadonlySet<string> | undefined;

  forget(): void {
    this.#names = undefined;
  }

  async namesOf({ rows, state }: DurableReadContext<{ readonly count: number }>): Promise<ReadonlySet<string>> {
    if (this.#names?.size === state.count) return this.#names;
    const range = { from: FIRST_PAGE, before: BEHIND_LAST_PAGE, limit: limits.rowsPerRangeMax };
    const pages = await rows.range(range);
    this.#names = new Set(pages.flatMap(({ value }) => value as readonly string[]));
    return this.#names;
  }
}
