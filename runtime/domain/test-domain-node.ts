// For tests: the views of the domain on a node that only runs when it is told to.
import { MatchNode } from "#actors/match/test-players.ts";
import type { DomainViews } from "#gateway/domain-views.ts";

import { Operations } from "../core/operations.ts";
import { createActorsView } from "../observe/actors-view.ts";
import { createDomainViews } from "./domain-views.ts";

export class DomainNode extends MatchNode {
  /** Sessions that were ended: type and key. */
  readonly ended: string[] = [];

  get views(): DomainViews {
    const { system } = this.stepped;
    return createDomainViews({
      types: this.types,
      view: createActorsView(system, new Operations(system)),
      ref: (type, key) => this.stepped.ref(type, key),
      endSession: ({ type, key }) => void this.ended.push(`${type}/${key}`),
    });
  }

  /** What a view answers, once everything is quiet. */
  async answer<Value>(asked: Promise<Value>): Promise<Value> {
    const outcome = await this.stepped.outcome(asked);
    if (outcome.kind === "answered") return outcome.value;
    throw new Error(`There is no answer: ${JSON.stringify(outcome)}`);
  }

  /** Actors of this type that are in memory. */
  inMemory(type: string): number {
    return this.stepped.system.hosts.find((host) => host.type.name === type)?.cells.size ?? 0;
  }
}
