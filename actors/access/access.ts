// Who may manage this node: tokens that were made for people and programs, and who is signed in. Of secrets, digests.
import { actor, type DurableContext, t } from "#runtime/mod.ts";

import {
  ACCESS_BOUNDS,
  type AccessState,
  addSignIn,
  DigestSchema,
  noAccess,
  removeToken,
  signInOf,
  sweep,
  tokenOf,
  TokenSchema,
} from "./records.ts";

/** Of the only one there is. */
export const ACCESS_KEY = "main";
/** What the settings' own token acts as, and who has none. */
const TAKEN_NAMES: readonly string[] = ["admin", "anonymous"];
const HOUR_MS = 3_600_000;

const ByDigest = t.Object({ digest: DigestSchema });
const NewToken = t.Object({
  id: TokenSchema.properties.id,
  digest: DigestSchema,
  name: t.String({ minLength: 1, maxLength: ACCESS_BOUNDS.nameLengthMax }),
  role: TokenSchema.properties.role,
  createdBy: t.String(),
  expiresInHours: t.Optional(t.Integer({ minimum: 1, maximum: ACCESS_BOUNDS.tokenHoursMax })),
});
const NewSignIn = t.Object({
  digest: DigestSchema,
  token: DigestSchema,
  ofSettings: t.Boolean({ description: "The token is the settings' own, of which there is no record" }),
});
const SignedIn = t.Object({
  by: t.Optional(t.String({ description: "Digest of the token it was made with; absent where nobody is signed in" })),
  token: t.Optional(TokenSchema),
});

type Writing = DurableContext<AccessState>;

const ABOUT = "Tokens of the gateway and who is signed in with them; there is one";

/** Asked by the gateway alone: over HTTP its methods have no addresses. */
export const Access = actor("access", { about: ABOUT, internal: true, state: noAccess, durable: true, private: true })
  .on("create", { in: NewToken, out: TokenSchema }, (access, { digest, expiresInHours, ...given }) => {
    const known = Object.values(access.state.tokens);
    if (known.length >= ACCESS_BOUNDS.tokensMax) throw access.refuse("access.too_many_tokens");
    const names = [...TAKEN_NAMES, ...known.map(({ name }) => name.toLowerCase())];
    // Whoever reads the audit is not to take one for the other.
    if (names.includes(given.name.toLowerCase())) throw access.refuse("access.name_taken");
    const createdAt = access.unixMs();
    const end = expiresInHours === undefined ? {} : { expiresAt: createdAt + expiresInHours * HOUR_MS };
    const token = { ...given, createdAt, ...end };
    access.state.tokens[digest] = token;
    setSweep(access);
    return token;
  })
  .on("revoke", { in: t.Object({ id: t.String() }), out: t.Boolean() }, ({ state }, { id }) => removeToken(state, id))
  .on("signIn", { in: NewSignIn, out: t.Boolean() }, (access, { digest, token, ofSettings }) => {
    const nowMs = access.unixMs();
    if (!ofSettings && tokenOf(access.state, token, nowMs) === undefined) return false;
    addSignIn(access.state, digest, token, nowMs);
    setSweep(access);
    return true;
  })
  .on("signOut", { in: ByDigest }, ({ state }, { digest }) => void delete state.signIns[digest])
  .on("sweep", {}, setSweep)
  .read("list", { out: t.Array(TokenSchema) }, (access) => {
    const nowMs = access.unixMs();
    const tokens = Object.keys(access.state.tokens).map((digest) => tokenOf(access.state, digest, nowMs));
    return tokens.filter((token) => token !== undefined).sort((one, other) => one.createdAt - other.createdAt);
  })
  .read("holder", { in: ByDigest, out: t.Object({ token: t.Optional(TokenSchema) }) }, (access, { digest }) => {
    const token = tokenOf(access.state, digest, access.unixMs());
    return token === undefined ? {} : { token };
  })
  .read("signedIn", { in: ByDigest, out: SignedIn }, (access, { digest }) => {
    const nowMs = access.unixMs();
    const signIn = signInOf(access.state, digest, nowMs);
    if (signIn === undefined) return {};
    const token = tokenOf(access.state, signIn.token, nowMs);
    return token === undefined ? { by: signIn.token } : { by: signIn.token, token };
  });

/** At the next end of anything; what is over goes now. */
function setSweep(access: Writing): void {
  const next = sweep(access.state, access.unixMs());
  if (next === undefined) access.cancelAlarm("sweep");
  else access.alarm("sweep", { at: next, send: "sweep" });
}
