// To be preloaded into a server whose test is of something else: its password hashes take little memory and time. A
// hash says itself how it was made, so that they are verified as quickly, and by the same code as any.

/** By which it is preloaded. */
export const QUICK_PASSWORDS = import.meta.path;

const { hash } = Bun.password;
const QUICK = { algorithm: "argon2id", memoryCost: 8, timeCost: 1 } as const;

// A test that imports the path hashes as ever.
if (Bun.main.endsWith("/runtime/main.ts")) {
  Object.assign(Bun.password, { hash: (password: string) => hash(password, QUICK) });
}
