// A list through its members, beside an array that is searched.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { type Linked, LinkedList } from "./linked-list.ts";

interface Member extends Linked {
  readonly name: number;
}

const member = (name: number): Member => ({ name, linked: false, nextLink: undefined, previousLink: undefined });

/** Takes the members out from the front, as whoever keeps them in order of time does. */
function drain(list: LinkedList<Member>): number[] {
  const names: number[] = [];
  for (let first = list.first; first !== undefined; first = list.first) {
    names.push(first.name);
    list.remove(first);
  }
  return names;
}

describe("a linked list", () => {
  test("is empty at first", () => {
    const list = new LinkedList<Member>();
    expect([list.count, list.first]).toEqual([0, undefined]);
  });

  test("has first who came first", () => {
    const list = new LinkedList<Member>();
    for (const each of [1, 2, 3].map(member)) list.add(each);
    expect([list.count, drain(list)]).toEqual([3, [1, 2, 3]]);
  });

  test("leaves a member where it is that is added again", () => {
    const list = new LinkedList<Member>();
    const [one, two] = [member(1), member(2)];
    for (const each of [one, two, one]) list.add(each);
    expect([list.count, drain(list)]).toEqual([2, [1, 2]]);
  });

  test("has last a member that left and came back", () => {
    const list = new LinkedList<Member>();
    const [one, two] = [member(1), member(2)];
    for (const each of [one, two]) list.add(each);
    list.remove(one);
    list.add(one);
    expect(drain(list)).toEqual([2, 1]);
  });

  test("takes the leaving of one that is not in it", () => {
    const list = new LinkedList<Member>();
    list.remove(member(1));
    expect(list.count).toBe(0);
  });

  test("keeps no way from a member that left to those that stayed", () => {
    const list = new LinkedList<Member>();
    const members = [1, 2, 3].map(member);
    for (const each of members) list.add(each);
    const middle = members[1] as Member;
    list.remove(middle);
    expect([middle.linked, middle.nextLink, middle.previousLink]).toEqual([false, undefined, undefined]);
  });

  test("is in the order of an array, whoever comes and goes", () => {
    const step = fc.record({ name: fc.nat(7), comes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const list = new LinkedList<Member>();
        const members = Array.from({ length: 8 }, (_, name) => member(name));
        let model: number[] = [];
        for (const { name, comes } of steps) {
          if (comes) list.add(members[name] as Member);
          else list.remove(members[name] as Member);
          if (!comes) model = model.filter((each) => each !== name);
          else if (!model.includes(name)) model.push(name);
          expect([list.count, list.first?.name]).toEqual([model.length, model[0]]);
        }
        expect(members.filter(({ linked }) => linked).map(({ name }) => name)).toEqual(model.toSorted());
        expect(drain(list)).toEqual(model);
      }),
      { seed: 25, numRuns: 500 },
    );
  });
});
