// What the kernel can be told of a socket and Bun has no call for; where it cannot be told, its own ways hold.
import { dlopen, ptr } from "bun:ffi";

export interface SocketOption {
  readonly level: number;
  readonly name: number;
  readonly value: number;
}

interface SetOptionCall {
  (...given: [fd: number, level: number, name: number, value: unknown, length: number]): number;
}

const INT_BYTES = 4;

export class SocketOptions {
  readonly #call: SetOptionCall | undefined = openCall();
  readonly #value = new Int32Array(1);

  /** Returns whether the kernel has taken it. */
  set(socket: object, { level, name, value }: SocketOption): boolean {
    const fd = "fd" in socket ? socket.fd : undefined;
    if (typeof fd !== "number" || fd < 0 || this.#call === undefined) return false;
    this.#value[0] = value;
    return this.#call(fd, level, name, ptr(this.#value), INT_BYTES) === 0;
  }
}

/** Elsewhere than on Linux the numbers are others. */
function openCall(): SetOptionCall | undefined {
  try {
    const { symbols } = dlopen("libc.so.6", {
      setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
    });
    return symbols.setsockopt as SetOptionCall;
  } catch {
    return undefined;
  }
}
