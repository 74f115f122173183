// Players of the load: their names, and the keys they resume with instead of a password.

const KEY_LENGTH = 32;

/** Digits alone distinguish them: names that look alike would be one account. */
export function playerName(index: number): string {
  return `p${index}`;
}

/** As long as a real one; anybody can guess it. */
export function playerKey(index: number): string {
  return `${index}`.padStart(KEY_LENGTH, "k");
}
