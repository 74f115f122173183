// Who may manage this node: tokens that were made for people and programs, and who is signed in. Of secrets, digests.
import { actor, type DurableContext, t } from "#runtime/mod.ts";

import {
  type AccessState,
  addSignIn,
  addToken,
  DigestSchema,
  NewTokenSchema,
  noAccess,
  removeToken,
  signInOf,
  sweep,
  tokenOf,
  TokenSchema,
} from "./records.ts";

/** Of the only one there is. */
export const ACCESS_KEY = "main";

const ByDigest = t.Object({ digest: DigestSchema });
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
  .on("create", { in: NewTokenSchema, out: TokenSchema }, (access, wanted) => {
    const token = addToken(access.state, wanted, access.unixMs());
    if (typeof token === "string") throw access.refuse(token);
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
