// The actor types that one node hosts, by name; of any other it says which there are.
import type { NodeServices } from "./cell-host.ts";
import type { AnyActorType } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import { type Courier, createRefClass, type RefClass } from "./ref.ts";
import { TypeHost } from "./type-host.ts";

interface HostedType {
  readonly host: TypeHost;
  readonly RefClass: RefClass;
}

export class HostedTypes {
  /** In the order in which the types were given. */
  readonly hosts: readonly TypeHost[];
  readonly #byName: ReadonlyMap<string, HostedType>;

  /** Throws `system.same_name`: what is stored, and every ref, knows a type by no more than its name. */
  constructor(types: readonly AnyActorType[], services: NodeServices, courier: Courier) {
    const names = types.map(({ name }) => name);
    const twin = names.find((name, index) => names.indexOf(name) < index);
    if (twin !== undefined) throw new RuntimeError("system.same_name", `Cannot host two types named "${twin}"`);
    const hosted = types.map((type, index): [string, HostedType] => {
      return [type.name, { host: new TypeHost(type, index, services), RefClass: createRefClass(type, courier) }];
    });
    this.#byName = new Map(hosted);
    this.hosts = hosted.map(([, { host }]) => host);
  }

  find(name: string): TypeHost | undefined {
    return this.#byName.get(name)?.host;
  }

  /** Throws `actor.unknown_type`. */
  get(name: string): HostedType {
    const hosted = this.#byName.get(name);
    if (hosted === undefined) throw this.unknown(name);
    return hosted;
  }

  unknown(name: string): RuntimeError {
    const hosted = Array.from(this.#byName.keys()).join(", ") || "none";
    return new RuntimeError("actor.unknown_type", `Cannot find actor type "${name}": this node hosts ${hosted}`);
  }
}
