// Which role a request takes: the one table of it, for the front door and for the document.

import type { TokenRole } from "#actors/access/records.ts";
import type { ActorTypeView } from "#runtime/observe/view.ts";

/** Each may do what those before it may. */
const RANKS = ["anonymous", "viewer", "operator", "admin", "nobody"] as const;
export type Role = "anonymous" | TokenRole;
/** What a request takes. Nobody's is what the gateway alone does. */
export type NeededRole = (typeof RANKS)[number];

export interface Need {
  readonly role: NeededRole;
  /** It may change something: it is in the audit before it does. */
  readonly isChange: boolean;
  /** It is about actors of which nothing is for everybody. */
  readonly isPrivate: boolean;
}

/** Actors of the gateway's own, which keep who may do what, and who did. */
const OWN_TYPES: readonly string[] = ["access", "audit"];

const LOG_READER = "operator";

type Rule = readonly [kind: "look" | "change" | "any", path: string, role: NeededRole];

/** `*` is any one segment, `**` all that follow, none too. The first that fits a request is its rule. */
const RULES: readonly Rule[] = [
  ["look", "/", "anonymous"],
  ["look", "/docs/**", "anonymous"],
  ["look", "/pages/**", "anonymous"],
  // Who plays or chats has a name of another kind, as over TCP.
  ["look", "/chat", "anonymous"],
  ["look", "/match", "anonymous"],
  ["look", "/health", "anonymous"],
  ["look", "/ready", "anonymous"],
  ["look", "/access/me", "anonymous"],
  ["change", "/access/sign-in", "anonymous"],
  ["change", "/access/sign-out", "anonymous"],
  ["any", "/access/**", "admin"],
  ["any", "/audit/**", "admin"],
  // Their own methods do what those addresses do.
  ["change", "/actors/account/**", "admin"],
  // Tries a password, and nobody counts how often.
  ["any", "/actors/account/*/verify", "admin"],
  // Whoever logs a person in can be that person.
  ["change", "/actors/chat-person/*/claim", "admin"],
  ["change", "/actors/player/*/attach", "admin"],
  ["change", "/actors/player/*/setKey", "admin"],
  ["look", "/accounts/**", "operator"],
  ["change", "/accounts/**", "admin"],
  ["look", "/rooms/**", "operator"],
  ["look", "/logs/**", LOG_READER],
  // What is published of rooms and persons names them.
  ["look", "/topics/**", "operator"],
  // So do letters to them.
  ["look", "/dead-letters/**", "operator"],
  ["change", "/logs/**", "admin"],
  ["change", "/limits/**", "admin"],
  ["change", "/system/**", "admin"],
  ...OWN_TYPES.flatMap((type): readonly Rule[] => [
    ["look", `/actors/${type}/**`, "admin"],
    ["change", `/actors/${type}/*/_release`, "admin"],
    ["change", `/actors/${type}/**`, "nobody"],
  ]),
  ["change", "/actors/*/*/_state", "admin"],
  ["change", "/**", "operator"],
];

export function isEnough(role: Role, needed: NeededRole): boolean {
  return RANKS.indexOf(role) >= RANKS.indexOf(needed);
}

/** Of whom a WebSocket was opened for: the live feed has the log in it. */
export function mayReadLog(role: string | undefined): boolean {
  return role !== undefined && isEnough(role as Role, LOG_READER);
}

/**
 * Of each request. `isOpen`: whoever reaches the gateway may look at what is not private, which is so on loopback. A
 * path is judged as its segments are when decoded, however it is written.
 */
export function createNeeds(types: readonly ActorTypeView[], isOpen: boolean): (request: Request) => Need {
  const privateTypes = new Set(types.flatMap((type) => (type.private ? [type.type] : [])));
  const reads = new Set(
    types.flatMap(({ type, methods }) =>
      methods.filter(({ kind }) => kind === "read").map(({ name }) => `${type}/${name}`),
    ),
  );
  return (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const segments = segmentsOf(pathname);
    const isChange = !isLook(request, pathname, reads);
    const [first, type = ""] = segments;
    const listed = first === "actors" ? [type, ...searchParams.getAll("type")] : [];
    const isPrivate = listed.some((each) => privateTypes.has(each));
    const rule = RULES.find(([kind, path]) => kind !== (isChange ? "look" : "change") && covers(path, segments));
    return { role: rule?.[2] ?? (isPrivate ? "operator" : isOpen ? "anonymous" : "viewer"), isChange, isPrivate };
  };
}

/**
 * A call of a method that only looks is one, too. Unless a page of another site makes it: it could not read the answer,
 * but it could wake actors.
 */
function isLook(request: Request, pathname: string, reads: ReadonlySet<string>): boolean {
  if (request.method === "GET" || request.method === "HEAD") return true;
  // As it is routed: segments as they were sent.
  const [, first, type, key, method, ...rest] = pathname.split("/");
  if (request.method !== "POST" || first !== "actors" || key === "" || rest.length > 0) return false;
  return reads.has(`${type}/${method}`) && !isFromElsewhere(request);
}

/** Browsers name the page's origin; without one it is no browser. */
export function isFromElsewhere({ headers }: Request): boolean {
  const origin = headers.get("origin");
  return origin !== null && URL.parse(origin)?.host !== headers.get("host");
}

function covers(path: string, segments: readonly string[]): boolean {
  const expected = segmentsOf(path);
  const isOpenEnded = expected.at(-1) === "**";
  if (isOpenEnded) expected.pop();
  if (isOpenEnded ? segments.length < expected.length : segments.length !== expected.length) return false;
  return expected.every((segment, index) => segment === "*" || segment === segments[index]);
}

/** Without the empty one behind a slash at the end: the router does not see it either. */
function segmentsOf(pathname: string): string[] {
  const segments = pathname.split("/").slice(1).map(decoded);
  if (segments.at(-1) === "") segments.pop();
  return segments;
}

/** What cannot be decoded is nothing's name. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}
