// Hot. Refs: for each actor type two small classes, generated once, whose methods put a message into the right mailbox.
import type { Address } from "./address.ts";
import type { AnyActorType, Method } from "./definition.ts";
import type { Receipt } from "./errors.ts";
import type { CallOptions, TellOptions } from "./shape.ts";

/** Whoever delivers. */
export interface Courier {
  ask(address: Address, method: Method, input: unknown, options: CallOptions | undefined): Promise<unknown>;
  tell(address: Address, method: Method, input: unknown, options: TellOptions | undefined): Receipt;
}

export interface RefTarget {
  readonly type: string;
  readonly key: string;
}

export type RefClass = new (address: Address) => RefTarget;

/** The class of refs to one actor type. What is not part of an address is private: no method name can meet it. */
export function createRefClass(type: AnyActorType, courier: Courier): RefClass {
  const { name } = type;

  class TellStub {
    readonly #address: Address;
    constructor(address: Address) {
      this.#address = address;
    }
    static {
      for (const method of type.methods.values()) {
        const tell = function (this: TellStub, input?: unknown, options?: TellOptions): Receipt {
          return courier.tell(this.#address, method, input, options);
        };
        Object.defineProperty(this.prototype, method.name, { value: tell });
      }
    }
  }

  return class RefStub implements RefTarget {
    readonly key: string;
    readonly #address: Address;
    #tell: TellStub | undefined;
    constructor(address: Address) {
      this.key = address.key;
      this.#address = address;
    }
    get type(): string {
      return name;
    }
    get tell(): TellStub {
      return (this.#tell ??= new TellStub(this.#address));
    }
    toString(): string {
      return `${name}/${this.key}`;
    }
    /** A ref is its address: type and key, nothing of the process it was made in. */
    toJSON(): { type: string; key: string } {
      return { type: name, key: this.key };
    }
    static {
      for (const method of type.methods.values()) {
        const ask = function (this: RefStub, input?: unknown, options?: CallOptions): Promise<unknown> {
          return courier.ask(this.#address, method, input, options);
        };
        Object.defineProperty(this.prototype, method.name, { value: ask });
      }
    }
  };
}
