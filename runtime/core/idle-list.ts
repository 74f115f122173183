// Hot. The idle actors of one type, longest idle first: a list through the actors themselves.

export interface Idler {
  /** It stands in its list. */
  idling: boolean;
  idleNext: Idler | undefined;
  idlePrevious: Idler | undefined;
}

/** Entering and leaving cost the same however many there are, and nothing when it has been done already. */
export class IdleList<Member extends Idler> {
  #first: Idler | undefined = undefined;
  #last: Idler | undefined = undefined;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The one that has been idle longest. */
  get first(): Member | undefined {
    return this.#first as Member | undefined;
  }

  add(member: Member): void {
    if (member.idling) return;
    member.idling = true;
    member.idlePrevious = this.#last;
    if (this.#last === undefined) this.#first = member;
    else this.#last.idleNext = member;
    this.#last = member;
    this.#count++;
  }

  remove(member: Member): void {
    if (!member.idling) return;
    member.idling = false;
    const { idleNext, idlePrevious } = member;
    if (idlePrevious === undefined) this.#first = idleNext;
    else idlePrevious.idleNext = idleNext;
    if (idleNext === undefined) this.#last = idlePrevious;
    else idleNext.idlePrevious = idlePrevious;
    member.idleNext = member.idlePrevious = undefined;
    this.#count--;
  }
}
