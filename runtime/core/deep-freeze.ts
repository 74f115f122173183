// Messages while developing: frozen when they are sent, so that whoever changes one later finds out where.
import { isReadOnly } from "./read-only.ts";

/** Freezes what is reached through plain objects and arrays; what is frozen already is not looked into. */
export function deepFreeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value) || isReadOnly(value)) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
}
