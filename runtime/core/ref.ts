// Refs: for each actor type two small classes, generated once, whose methods put a message into the right mailbox.
import type { AnyActorType, Method } from "./definition.ts";
import type { Receipt } from "./errors.ts";
import type { CallOptions } from "./shape.ts";

/** Whoever delivers: the system. `caller` is the actor whose turn makes the call, if one does. */
export interface Courier<Caller> {
  ask(call: Call<Caller>, input: unknown, options: CallOptions | undefined): Promise<unknown>;
  tell(call: Call<Caller>, input: unknown): Receipt;
}

export interface Call<Caller> {
  readonly target: RefTarget;
  readonly caller: Caller | undefined;
  readonly method: Method;
}

export interface RefTarget {
  readonly type: string;
  readonly key: string;
}

type RefClass<Caller> = new (key: string, caller: Caller | undefined) => RefTarget;

/** The class of refs to one actor type. What is not part of an address is private: no method name can meet it. */
export function createRefClass<Caller>(type: AnyActorType, courier: Courier<Caller>): RefClass<Caller> {
  const { name } = type;

  class TellStub {
    readonly #target: RefTarget;
    readonly #caller: Caller | undefined;
    constructor(target: RefTarget, caller: Caller | undefined) {
      this.#target = target;
      this.#caller = caller;
    }
    static {
      for (const method of type.methods.values()) {
        const tell = function (this: TellStub, input?: unknown): Receipt {
          return courier.tell({ target: this.#target, caller: this.#caller, method }, input);
        };
        Object.defineProperty(this.prototype, method.name, { value: tell });
      }
    }
  }

  return class RefStub implements RefTarget {
    readonly key: string;
    readonly #caller: Caller | undefined;
    #tell: TellStub | undefined;
    constructor(key: string, caller: Caller | undefined) {
      this.key = key;
      this.#caller = caller;
    }
    get type(): string {
      return name;
    }
    get tell(): TellStub {
      return (this.#tell ??= new TellStub(this, this.#caller));
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
          return courier.ask({ target: this, caller: this.#caller, method }, input, options);
        };
        Object.defineProperty(this.prototype, method.name, { value: ask });
      }
    }
  };
}
