// What may be kept of a typed line: passwords neither stand on the screen nor come back with an arrow key.

/** Behind the name of an account; where both words are passwords, behind the command. */
const PASSWORDS = /^(\s*(?:\/raw\s+)?(?:#\S+\s+)?(?:(?:adduser|login)\s+\S+|passwd))\s.*$/is;

/** The line without the passwords of `login`, `adduser` and `passwd`, as any of our clients takes these. */
export function withoutPasswords(line: string): string {
  return line.replace(PASSWORDS, "$1");
}
