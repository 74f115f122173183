// Messages while developing: frozen when they are sent, so that whoever changes one later finds out where.
import { isReadOnly } from "./read-only.ts";

/** Deeper values are left as they are: whoever looks into them must not run out of stack. */
const DEPTH_MAX = 200;

/** Freezes what is reached through plain objects and arrays; what is frozen already is not looked into. */
export function deepFreeze(value: unknown, depth = 0): void {
  if (depth > DEPTH_MAX || typeof value !== "object" || value === null || Object.isFrozen(value) || isReadOnly(value))
    return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item, depth + 1);
}
