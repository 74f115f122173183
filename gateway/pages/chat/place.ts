// A room or the inbox as it is shown: a window of messages without gaps, how far it goes, and what is asked for next.
import type { Message } from "./server-line.ts";

/** Something of the moment, shown behind the message that was the newest then. */
export interface Note {
  readonly id: string;
  readonly after: number;
  readonly text: string;
}

export interface Member {
  readonly id: string;
  readonly address: string;
}

export interface Place {
  /** A room, or `@` and one's own id. */
  readonly name: string;
  /** This connection is a member. */
  readonly isIn: boolean;
  /** One behind the other, by number. */
  readonly messages: readonly Message[];
  /** Of the oldest message shown; one above `newest` where there is none. */
  readonly first: number;
  /** Everything from `first` up to this number is shown. */
  readonly newest: number;
  /** The highest number that is known to exist. */
  readonly last: number;
  /** Came before what lies between them and `newest`. */
  readonly early: readonly Message[];
  /** The server was asked for all up to this number; 0: for nothing. */
  readonly askedTo: number;
  /** Of a page above the window, as far as it has come; undefined where none was asked for. */
  readonly older: readonly Message[] | undefined;
  /** The server has nothing above the window. */
  readonly isWhole: boolean;
  /** Older messages are being read, and the window ends before the newest. */
  readonly isBack: boolean;
  /** The person has seen everything up to this number. */
  readonly readTo: number;
  readonly notes: readonly Note[];
  readonly members: readonly Member[];
}

/** Lines that the page holds of one place. */
export const WINDOW_MAX = 300;
export const PAGE = 50;
const CATCH_UP_PAGE = 100;
/** Whoever missed more than this is shown the newest, and may page back. */
const CATCH_UP_MAX = 200;
const EARLY_MAX = 200;
const NOTES_MAX = 50;

export function newPlace(name: string, readTo = -1): Place {
  const window = { messages: [], first: 1, newest: 0, last: 0, early: [], askedTo: 0, older: undefined };
  return { name, isIn: false, ...window, isWhole: false, isBack: false, readTo, notes: [], members: [] };
}

export const isRoom = ({ name }: Pick<Place, "name">): boolean => !name.startsWith("@");

export const unreadOf = ({ last, readTo }: Place): number => (readTo < 0 ? 0 : Math.max(0, last - readTo));

/** The number behind which the room is entered: what follows comes by itself. Undefined: nothing is to come. */
export const entersAfter = (place: Place): number | undefined =>
  isUnseen(place) || place.isBack ? undefined : place.newest;

/**
 * The server has told its last number. With `follows`, messages after ours come by themselves, a page of them. Where
 * that number is below ours, the place has begun anew.
 */
export function opened(place: Place, last: number, follows: boolean): Place {
  const readTo = place.readTo < 0 ? last : Math.min(place.readTo, last);
  const here = { ...place, isIn: true, last, readTo };
  if (place.isBack && last >= place.newest) return here;
  if (isUnseen(place) || last < place.newest || last - place.newest > CATCH_UP_MAX) return fromEnd(here);
  return { ...here, askedTo: follows ? Math.min(last, place.newest + CATCH_UP_PAGE) : 0 };
}

/** The window is given up for one that ends with the newest message. */
export function fromEnd(place: Place): Place {
  const newest = Math.max(0, place.last - PAGE);
  const empty = { messages: [], early: [], older: undefined, askedTo: 0, isBack: false, isWhole: newest === 0 };
  return { ...place, ...empty, first: newest + 1, newest };
}

export function lost(place: Place): Place {
  return { ...place, isIn: false, askedTo: 0, older: undefined };
}

/** In any order, and also twice. */
export function take(place: Place, message: Message): Place {
  const { first, newest, isBack } = place;
  const known = { ...place, last: Math.max(place.last, message.number) };
  if (message.number < first) return place.older === undefined ? known : takeOlder(known, place.older, message);
  if (message.number <= newest || isBack) return known;
  if (message.number === newest + 1) return settle(append(known, message));
  const others = place.early.filter(({ number }) => number !== message.number);
  const early = [...others, message].sort((one, other) => one.number - other.number).slice(0, EARLY_MAX);
  return { ...known, early };
}

/** A message of ours is stored with this number: it may be that nobody sends it to us. */
export function stored(place: Place, number: number): Place {
  return { ...place, last: Math.max(place.last, number) };
}

/** The number after which the next page is to begin, where something is missing and nothing is on its way. */
export function wants({ isIn, isBack, askedTo, newest, last }: Place): number | undefined {
  return isIn && !isBack && askedTo === 0 && newest < last ? newest : undefined;
}

export function asked(place: Place): Place {
  return { ...place, askedTo: Math.min(place.last, place.newest + CATCH_UP_PAGE) };
}

/** The server says that so many lines follow, up to this number. What lies before them is not kept any more. */
export function pageComes(place: Place, count: number, last: number): Place {
  if (count === 0) return { ...place, askedTo: 0, last: place.newest };
  const gone = last - count;
  if (gone <= place.newest) return settle({ ...place, askedTo: last });
  return settle({ ...place, messages: [], first: gone + 1, newest: gone, askedTo: last, isWhole: true });
}

/** The page above the window: `undefined` where there is none. */
export function olderPage({ first, older, isIn, isWhole }: Place): { after: number; count: number } | undefined {
  if (!isIn || isWhole || older !== undefined || first <= 1) return undefined;
  const after = Math.max(0, first - 1 - PAGE);
  return { after, count: first - 1 - after };
}

export function olderAsked(place: Place): Place {
  return { ...place, older: [] };
}

/** Another end than the window's beginning: the server has nothing that lies further back. */
export function olderComes(place: Place, count: number, last: number): Place {
  const isWhole = place.isWhole || count === 0 || last !== place.first - 1;
  return count === 0 || last < place.first - 1 ? { ...place, isWhole, older: undefined } : { ...place, isWhole };
}

export function note(place: Place, id: string, text: string): Place {
  return { ...place, notes: [...place.notes, { id, after: place.newest, text }].slice(-NOTES_MAX) };
}

function isUnseen({ messages, newest }: Place): boolean {
  return messages.length === 0 && newest === 0;
}

function append(place: Place, message: Message): Place {
  const messages = [...place.messages, message].slice(-WINDOW_MAX);
  const first = messages[0]?.number ?? message.number;
  return { ...place, messages, first, newest: message.number, isWhole: place.isWhole && first === place.first };
}

/** What came early follows as far as it goes; what was asked for is there once the window reaches it. */
function settle(place: Place): Place {
  let settled = place;
  for (const message of place.early) if (message.number === settled.newest + 1) settled = append(settled, message);
  const early = settled.early.filter(({ number }) => number > settled.newest);
  return { ...settled, early, askedTo: settled.newest >= settled.askedTo ? 0 : settled.askedTo };
}

function takeOlder(place: Place, older: readonly Message[], message: Message): Place {
  const came = [...older, message];
  if (message.number !== place.first - 1) return { ...place, older: came };
  const messages = [...came, ...place.messages].slice(0, WINDOW_MAX);
  const newest = messages.at(-1)?.number ?? place.newest;
  const isBack = place.isBack || newest < place.newest;
  const first = messages[0]?.number ?? place.first;
  return { ...place, messages, first, newest, isBack, older: undefined, isWhole: place.isWhole || first === 1 };
}
