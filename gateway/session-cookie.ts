// The cookie of a page that has signed in.

import { ACCESS_BOUNDS } from "#actors/access/records.ts";

export interface SessionCookie {
  /** The secret in it; undefined where the request has none. */
  read(request: Request): string | undefined;
  /** For `Set-Cookie`. */
  made(secret: string): string;
  /** The same, to end it. */
  ended(): string;
}

/** Browsers send cookies to all ports of a host: each gateway's has its port in its name. `isSecure`: over TLS. */
export function createSessionCookie(port: number, isSecure: boolean): SessionCookie {
  const name = `${isSecure ? "__Host-" : ""}correio-${port}`;
  const rules = `Path=/; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
  return {
    read({ headers }) {
      const pairs = (headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
      const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
      return value === "" ? undefined : value;
    },
    made: (secret) => `${name}=${secret}; ${rules}; Max-Age=${ACCESS_BOUNDS.signInMs / 1_000}`,
    ended: () => `${name}=; ${rules}; Max-Age=0`,
  };
}
