// Secrets of tokens and sign-ins: how they are made, what is kept of them, and how they are compared.

import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const SECRET_BYTES = 32;
const ID_BYTES = 9;

/** 256 bits: nobody guesses it, so what is kept of it needs no salt and no slow hash. */
export function createSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** For names of things, which are no secrets. */
export function createId(): string {
  return randomBytes(ID_BYTES).toString("base64url");
}

/** SHA-256 as base64url. */
export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** What a page sends with its changes: only who has been answered by this gateway knows it. */
export function csrfOf(cookieSecret: string): string {
  return createHmac("sha256", cookieSecret).update("csrf").digest("base64url");
}

/** In a time that tells nothing of where they differ. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(one)), Buffer.from(digestOf(other)));
}
