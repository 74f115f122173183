// What a tab remembers over a reload, and no longer: a key to come back with does not outlive it.

/** Undefined where nothing is remembered, or not as it should be. */
export function recall<Kept>(name: string, isKept: (value: unknown) => value is Kept): Kept | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(name) ?? "null");
    return isKept(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined: nothing is remembered any more. */
export function remember(name: string, value: object | undefined): void {
  try {
    if (value === undefined) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing: after a reload one comes in anew.
  }
}
