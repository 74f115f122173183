// Type and key of an actor as one text, by which a store finds it: those of one type are in order of their keys.
import { assert } from "../base/assert.ts";

const SEPARATOR = "/";

/** Types have no slash, so that no two actors have one address. */
export function addressOf(type: string, key: string): string {
  assert(!type.includes(SEPARATOR), "a type has no slash");
  return type + SEPARATOR + key;
}

export function typeOf(address: string): string {
  return address.slice(0, address.indexOf(SEPARATOR));
}

export function keyOf(address: string): string {
  return address.slice(address.indexOf(SEPARATOR) + 1);
}
