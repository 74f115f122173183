// A peer that is sent to and acknowledges nothing: the kernel would try for a quarter of an hour before it gave up.
import { dlopen, ptr } from "bun:ffi";

const IPPROTO_TCP = 6;
/** RFC 5482, as Linux has it. */
const TCP_USER_TIMEOUT = 18;

type SetOption = (fd: number, level: number, name: number, value: unknown, length: number) => number;

/** Bun has no call for it, and only Linux has it so: elsewhere the kernel's own patience holds. */
export class VanishedPeers {
  readonly #setOption: SetOption | undefined;
  readonly #milliseconds: Int32Array;

  /** `afterMs` without an acknowledgement of what was sent: then the connection is lost. */
  constructor(afterMs: number) {
    this.#milliseconds = new Int32Array([afterMs]);
    this.#setOption = openSetOption();
  }

  /** Returns whether the kernel watches this socket from now on. */
  watch(socket: object): boolean {
    const fd = "fd" in socket ? socket.fd : undefined;
    if (typeof fd !== "number" || fd < 0 || this.#setOption === undefined) return false;
    const value = ptr(this.#milliseconds);
    return this.#setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, value, this.#milliseconds.byteLength) === 0;
  }
}

function openSetOption(): SetOption | undefined {
  try {
    const { symbols } = dlopen("libc.so.6", {
      setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
    });
    return symbols.setsockopt as SetOption;
  } catch {
    return undefined;
  }
}
