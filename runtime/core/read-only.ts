// What a read sees of the state while developing: every attempt to change it throws where it is made.

/** Deeper values are handed on as they are. */
const DEPTH_MAX = 200;

/** Each thing is shown by one proxy, so that it is the same wherever it is reached; and each proxy by itself. */
const shown = new WeakMap<object, object>();

/**
 * The value, and everything reached through it, as something that can only be looked at. Only plain objects and arrays:
 * the methods of a `Map` or of a class would not work on anything but the thing itself.
 */
export function readOnly<Value>(value: Value): Value {
  if (!isPlain(value)) return value;
  const known = shown.get(value);
  if (known !== undefined) return known as Value;
  const look = new Proxy(value, LOOK);
  shown.set(value, look).set(look, look);
  return look as Value;
}

/**
 * What a read answers with, for whoever asked: frozen, and no part of the state, so that it can be compared with
 * everything there is.
 */
export function frozenCopy<Value>(value: Value, copies = new Map<object, object>(), depth = 0): Value {
  if (!isPlain(value) || depth > DEPTH_MAX) return value;
  const known = copies.get(value);
  if (known !== undefined) return known as Value;
  const copy: object = Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value) as object | null);
  copies.set(value, copy);
  for (const [name, inner] of Object.entries(value)) {
    // Defined, not set: a field may be called `__proto__`.
    Reflect.defineProperty(copy, name, {
      value: frozenCopy(inner, copies, depth + 1),
      enumerable: true,
      writable: true,
    });
  }
  return Object.freeze(copy) as Value;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

/** Whether this is what `readOnly` gave: nobody can change anything through it. */
export function isReadOnly(value: object): boolean {
  return shown.get(value) === value;
}

/** Throws: a read was about to change the state. */
export function refuseChange(): never {
  throw new TypeError("Cannot change the state in a read: it may share the actor with other reads");
}

const LOOK: ProxyHandler<object> = {
  get: (target, name) => {
    const value: unknown = Reflect.get(target, name);
    const fixed = Object.getOwnPropertyDescriptor(target, name);
    // A frozen property must be shown as it is; it cannot be changed anyway.
    return fixed?.configurable === false && fixed.writable === false ? value : readOnly(value);
  },
  set: refuseChange,
  defineProperty: refuseChange,
  deleteProperty: refuseChange,
  setPrototypeOf: refuseChange,
  preventExtensions: refuseChange,
};
