// Tokens and sign-ins as they are kept, and what may be done with them: pure, so that it is tried without a node.
import { type Static, t } from "#runtime/mod.ts";

/** Each may do what those before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type TokenRole = (typeof ROLES)[number];

const HOUR_MS = 3_600_000;
/** What the settings' own token acts as, and who has none. */
const TAKEN_NAMES: readonly string[] = ["admin", "anonymous"];

export const ACCESS_BOUNDS = {
  tokensMax: 100,
  /** Of one token; the one that ends first goes when another comes. */
  signInsPerTokenMax: 10,
  signInMs: 12 * HOUR_MS,
  nameLengthMax: 64,
  /** A year. */
  tokenHoursMax: 8_784,
} as const;

/** SHA-256 of a secret as base64url: what is kept of it. */
export const DigestSchema = t.String({ pattern: "^[A-Za-z0-9_-]{43}$" });

/** A choice, shown as the text that it is. */
const RoleSchema = t.String({ pattern: `^(?:${ROLES.join("|")})$` }) as unknown as ReturnType<
  typeof t.Unsafe<TokenRole>
>;

export const TokenSchema = t.Object({
  id: t.String({ description: "What it is called in addresses" }),
  name: t.String({ description: "Who acts with it: shown in the audit" }),
  role: RoleSchema,
  createdAt: t.Integer({ minimum: 0, description: "Unix milliseconds" }),
  createdBy: t.String(),
  expiresAt: t.Optional(t.Integer({ minimum: 0, description: "Unix milliseconds; absent where it lasts" })),
});

export type Token = Static<typeof TokenSchema>;

export const NewTokenSchema = t.Object({
  id: TokenSchema.properties.id,
  digest: DigestSchema,
  name: t.String({ minLength: 1, maxLength: ACCESS_BOUNDS.nameLengthMax }),
  role: RoleSchema,
  createdBy: t.String(),
  expiresInHours: t.Optional(t.Integer({ minimum: 1, maximum: ACCESS_BOUNDS.tokenHoursMax })),
});

export type NewToken = Static<typeof NewTokenSchema>;

export interface SignIn {
  /** Digest of the token that it was made with; of the settings' own token there is no record. */
  readonly token: string;
  readonly expiresAt: number;
}

/** Both by the digest of their secret. */
export interface AccessState {
  tokens: Record<string, Token>;
  signIns: Record<string, SignIn>;
}

export const noAccess = (): AccessState => ({ tokens: {}, signIns: {} });

/** Undefined where there is none, or none any more. */
export function tokenOf({ tokens }: Readonly<AccessState>, digest: string, nowMs: number): Token | undefined {
  const token = Object.hasOwn(tokens, digest) ? tokens[digest] : undefined;
  return token !== undefined && lasts(token, nowMs) ? token : undefined;
}

/** One whose token is gone is gone with it, unless that is the settings' own: whoever asks knows that one. */
export function signInOf({ signIns }: Readonly<AccessState>, digest: string, nowMs: number): SignIn | undefined {
  const signIn = Object.hasOwn(signIns, digest) ? signIns[digest] : undefined;
  return signIn !== undefined && lasts(signIn, nowMs) ? signIn : undefined;
}

/** The token; or why there cannot be one. */
export function addToken(
  { tokens }: AccessState,
  { digest, expiresInHours, ...given }: NewToken,
  nowMs: number,
): Token | "access.too_many_tokens" | "access.name_taken" {
  const known = Object.values(tokens);
  if (known.length >= ACCESS_BOUNDS.tokensMax) return "access.too_many_tokens";
  // Whoever reads the audit is not to take one for the other.
  const names = [...TAKEN_NAMES, ...known.map(({ name }) => name.toLowerCase())];
  if (names.includes(given.name.toLowerCase())) return "access.name_taken";
  const end = expiresInHours === undefined ? {} : { expiresAt: nowMs + expiresInHours * HOUR_MS };
  return (tokens[digest] = { ...given, createdAt: nowMs, ...end });
}

export function addSignIn(state: AccessState, digest: string, token: string, nowMs: number): SignIn {
  const own = Object.entries(state.signIns).filter(([, each]) => each.token === token);
  own.sort(([, one], [, other]) => one.expiresAt - other.expiresAt);
  const surplus = own.length + 1 - ACCESS_BOUNDS.signInsPerTokenMax;
  for (const [known] of own.slice(0, Math.max(0, surplus))) delete state.signIns[known];
  const signIn = { token, expiresAt: nowMs + ACCESS_BOUNDS.signInMs };
  state.signIns[digest] = signIn;
  return signIn;
}

/** With all that was signed in by it. False where there is none of this id. */
export function removeToken(state: AccessState, id: string): boolean {
  const digest = Object.keys(state.tokens).find((each) => state.tokens[each]?.id === id);
  if (digest === undefined) return false;
  delete state.tokens[digest];
  for (const [known, { token }] of Object.entries(state.signIns)) if (token === digest) delete state.signIns[known];
  return true;
}

/** What is over goes. Returns when the next is. */
export function sweep(state: AccessState, nowMs: number): number | undefined {
  for (const { id, ...token } of Object.values(state.tokens)) if (!lasts(token, nowMs)) removeToken(state, id);
  for (const [known, each] of Object.entries(state.signIns)) if (!lasts(each, nowMs)) delete state.signIns[known];
  const ends = [...Object.values(state.tokens), ...Object.values(state.signIns)].map(({ expiresAt }) => expiresAt);
  const next = Math.min(...ends.filter((end) => end !== undefined));
  return Number.isFinite(next) ? next : undefined;
}

function lasts({ expiresAt }: { readonly expiresAt?: number }, nowMs: number): boolean {
  return expiresAt === undefined || nowMs < expiresAt;
}
