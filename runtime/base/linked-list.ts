// Hot. A list through its own members, in the order they came: a member stands in it once or not at all.

export interface Linked {
  /** It stands in the list. */
  linked: boolean;
  nextLink: Linked | undefined;
  previousLink: Linked | undefined;
}

/** Entering and leaving cost the same however many there are, and nothing when it has been done already. */
export class LinkedList<Member extends Linked> {
  #first: Linked | undefined = undefined;
  #last: Linked | undefined = undefined;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The one that has been in it longest. */
  get first(): Member | undefined {
    return this.#first as Member | undefined;
  }

  add(member: Member): void {
    if (member.linked) return;
    member.linked = true;
    member.previousLink = this.#last;
    if (this.#last === undefined) this.#first = member;
    else this.#last.nextLink = member;
    this.#last = member;
    this.#count++;
  }

  remove(member: Member): void {
    if (!member.linked) return;
    member.linked = false;
    const { nextLink, previousLink } = member;
    if (previousLink === undefined) this.#first = nextLink;
    else previousLink.nextLink = nextLink;
    if (nextLink === undefined) this.#last = previousLink;
    else nextLink.previousLink = previousLink;
    member.nextLink = member.previousLink = undefined;
    this.#count--;
  }
}
