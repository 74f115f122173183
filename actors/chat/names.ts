// Names of people and rooms: which texts are names, which are one and the same, and which nobody may have.

/** As its owner writes it. */
export type Id = string & { readonly brand: "chat id" };
/** Lower case: `Lobby` and `lobby` are one room. */
export type RoomName = string & { readonly brand: "chat room" };

/** Of people and of rooms, for schemas. */
export const NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$";
const NAME = new RegExp(NAME_PATTERN);

/** Letters and digits that are taken for one another. Digits stay apart among themselves, so numbers never collide. */
const LOOK_ALIKES: Readonly<Record<string, string>> = { "0": "o", "1": "l", i: "l" };

/** Keys of ids that only the server speaks as. */
const RESERVED: ReadonlySet<string> = new Set(
  ["admin", "administrador", "all", "correio", "everyone", "moderador", "ninguem", "null", "operador", "root", "server"]
    .concat(["servidor", "sistema", "suporte", "system", "todos", "undefined"])
    .map((name) => idKey(name as Id)),
);

/** 1 to 32 ASCII letters, digits and `_` `.` `-`, the first one a letter or a digit. */
export function parseId(text: string): Id | undefined {
  return NAME.test(text) ? (text as Id) : undefined;
}

export function parseRoomName(text: string): RoomName | undefined {
  return NAME.test(text) ? (text.toLowerCase() as RoomName) : undefined;
}

/** Two ids with one key are the same: they differ in case, or by letters that look alike (`Ana1`, `anal`). */
export function idKey(id: Id): string {
  return id.toLowerCase().replace(/[01i]/g, (character) => LOOK_ALIKES[character] ?? character);
}

export function isReserved(id: Id): boolean {
  return RESERVED.has(idKey(id));
}
