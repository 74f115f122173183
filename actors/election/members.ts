// The known servers, as the reference lists them, seen from one of them.
import { limits } from "#runtime/mod.ts";

import { isRank } from "./epoch.ts";
import { majorityOf } from "./majority.ts";

export interface Member {
  readonly name: string;
  /** 1 to 65,535; no two known servers have the same. */
  readonly rank: number;
  /** It keeps the promises of voters. A foreign server does not: it may coordinate, but neither votes nor sponsors. */
  readonly votes: boolean;
}

/** This server counts among the voters whether it is listed or not; only a listed one has a rank, and may sponsor. */
export class Members {
  readonly me: Member | undefined;
  readonly others: readonly Member[];
  /** Those of the others that vote. */
  readonly voters: readonly Member[];
  readonly #name: string;
  readonly #byName: ReadonlyMap<string, Member>;

  constructor(name: string, list: readonly Member[]) {
    this.#name = name;
    this.#byName = new Map(list.map((member) => [member.name, member]));
    this.me = this.#byName.get(name);
    this.others = list.filter((member) => member !== this.me);
    this.voters = this.others.filter(({ votes }) => votes);
  }

  /** With this server. */
  get votersCount(): number {
    return this.voters.length + 1;
  }

  find(name: string): Member | undefined {
    return this.#byName.get(name);
  }

  /** Another that is listed and votes. */
  isVoter(name: string): boolean {
    return name !== this.#name && this.find(name)?.votes === true;
  }

  /** 0 of whoever is not listed. */
  rankOf(name: string): number {
    return this.find(name)?.rank ?? 0;
  }

  /** Whether those of the voters for whom it holds are a majority of them. */
  isMajority(holds: (name: string) => boolean): boolean {
    let count = holds(this.#name) ? 1 : 0;
    for (const { name } of this.voters) if (holds(name)) count++;
    return count >= majorityOf(this.votersCount);
  }
}

/** Undefined where it is none: too long, a bad rank, or a name or a rank twice. */
export function parseMembers(name: string, list: readonly Member[]): Members | undefined {
  const names = new Set(list.map((member) => member.name));
  const ranks = new Set(list.map(({ rank }) => rank));
  const isUnique = names.size === list.length && ranks.size === list.length;
  if (list.length > limits.electionMembersMax || !isUnique || !list.every(({ rank }) => isRank(rank))) return undefined;
  return new Members(name, list);
}
