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
  readonly target: RefTarget<Caller>;
  readonly method: Method;
}

export interface RefTarget<Caller> {
  readonly type: string;
  readonly key: string;
  readonly caller: Caller | undefined;
}

type RefClass<Caller> = new (key: string, caller: Caller | undefined) => RefTarget<Caller>;

/** The class of refs to one actor type. */
export function createRefClass<Caller>(type: AnyActorType, courier: Courier<Caller>): RefClass<Caller> {
  const { name } = type;

  class TellStub {
    readonly target: RefTarget<Caller>;
    constructor(target: RefTarget<Caller>) {
      this.target = target;
    }
  }

  class RefStub implements RefTarget<Caller> {
    readonly key: string;
    readonly caller: Caller | undefined;
    #tell: TellStub | undefined;
    constructor(key: string, caller: Caller | undefined) {
      this.key = key;
      this.caller = caller;
    }
    get type(): string {
      return name;
    }
    get tell(): TellStub {
      return (this.#tell ??= new TellStub(this));
    }
    toString(): string {
      return `${name}/${this.key}`;
    }
    /** A ref is its address: type and key, nothing of the process it was made in. */
    toJSON(): { type: string; key: string } {
      return { type: name, key: this.key };
    }
  }

  for (const method of type.methods.values()) {
    const ask = function (this: RefStub, input?: unknown, options?: CallOptions): Promise<unknown> {
      return courier.ask({ target: this, method }, input, options);
    };
    const tell = function (this: TellStub, input?: unknown): Receipt {
      return courier.tell({ target: this.target, method }, input);
    };
    Object.defineProperty(RefStub.prototype, method.name, { value: ask });
    Object.defineProperty(TellStub.prototype, method.name, { value: tell });
  }
  return RefStub;
}
