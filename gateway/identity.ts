// Who asks: by a token, by the cookie that a page got for one, or nobody that is known.

import type { NewToken, Token } from "#actors/access/records.ts";

import type { Role } from "./roles.ts";
import { csrfOf, digestOf, isSame } from "./secrets.ts";

export interface Identity {
  readonly name: string;
  readonly role: Role;
  readonly via: "none" | "token" | "cookie";
  /** Digest of the token; absent where there is none. */
  readonly token?: string;
  /** Digest of the cookie's secret, and what a page must send with its changes. */
  readonly signIn?: string;
  readonly csrf?: string;
}

export const ANONYMOUS: Identity = { name: "anonymous", role: "anonymous", via: "none" };

/** The actor that keeps them, as far as the gateway asks it. Rejects where its state cannot be had. */
export interface AccessPort {
  holder(of: { readonly digest: string }): Promise<{ readonly token?: Token }>;
  signedIn(of: { readonly digest: string }): Promise<{ readonly by?: string; readonly token?: Token }>;
  signIn(one: { readonly digest: string; readonly token: string; readonly ofSettings: boolean }): Promise<boolean>;
  signOut(of: { readonly digest: string }): Promise<void>;
  list(): Promise<readonly Token[]>;
  create(token: NewToken): Promise<Token>;
  revoke(of: { readonly id: string }): Promise<boolean>;
}

export interface Identities {
  /** Undefined where the token is not known, has expired or was revoked. */
  byToken(secret: string): Promise<Identity | undefined>;
  byCookie(secret: string): Promise<Identity | undefined>;
  /** Whether the one who was known so still is; of one who never was, true. */
  isStill(identity: Identity): Promise<boolean>;
  /** Of a token's digest. */
  isOfSettings(digest: string): boolean;
}

const adminWith = (digest: string) => ({ name: "admin", role: "admin", token: digest }) as const;

/** The settings' token is known without asking anybody; an empty one is nobody's. */
export function createIdentities(adminToken: string, access: AccessPort): Identities {
  const ofSettings = adminToken === "" ? undefined : digestOf(adminToken);
  const isOfSettings = (digest: string): boolean => ofSettings !== undefined && isSame(digest, ofSettings);
  const lasts = async (digest: string): Promise<boolean> =>
    isOfSettings(digest) || (await access.holder({ digest })).token !== undefined;
  return {
    isOfSettings,
    async byToken(secret) {
      const digest = digestOf(secret);
      if (isOfSettings(digest)) return { ...adminWith(digest), via: "token" };
      const { token } = await access.holder({ digest });
      return token && { name: token.name, role: token.role, via: "token", token: digest };
    },
    async isStill({ token, signIn }) {
      if (token === undefined) return true;
      const isIn = signIn === undefined || (await access.signedIn({ digest: signIn })).by !== undefined;
      return isIn && lasts(token);
    },
    async byCookie(secret) {
      const signIn = digestOf(secret);
      const { by, token } = await access.signedIn({ digest: signIn });
      if (by === undefined) return undefined;
      const cookie = { via: "cookie", signIn, csrf: csrfOf(secret) } as const;
      if (isOfSettings(by)) return { ...adminWith(by), ...cookie };
      return token && { name: token.name, role: token.role, token: by, ...cookie };
    },
  };
}
