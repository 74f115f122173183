// Topics as an operator sees them: which have subscribers, how many, and who that is.
import { firstFew } from "../base/first-few.ts";
import { compareUtf8 } from "../base/utf8-order.ts";
import type { ActorSystem } from "../core/system.ts";
import { pageOf } from "./page-of.ts";
import type { SubscriberView } from "./process-view.ts";
import type { NodeView } from "./view.ts";

export function createTopicsView({ topics }: ActorSystem): Pick<NodeView, "topics" | "subscribers"> {
  return {
    topics({ limit, after = "", prefix = "" }) {
      const names = firstFew(wanted(topics.counts.keys(), prefix, after), limit + 1, compareUtf8);
      const found = names.map((topic) => ({ topic, subscribers: topics.counts.get(topic)?.members.size ?? 0 }));
      return pageOf(found, limit, ({ topic }) => topic);
    },
    subscribers(topic, { limit, after = "" }) {
      if (!topics.counts.has(topic)) return undefined;
      const behind = topics.subscribersOf(topic).filter((each) => compareUtf8(nameOf(each), after) > 0);
      return pageOf(firstFew(behind, limit + 1, byName), limit, nameOf);
    },
  };
}

function* wanted(names: Iterable<string>, prefix: string, after: string): Generator<string, undefined> {
  for (const name of names) if (name.startsWith(prefix) && compareUtf8(name, after) > 0) yield name;
}

function byName(left: SubscriberView, right: SubscriberView): number {
  return compareUtf8(nameOf(left), nameOf(right));
}

function nameOf({ type, key }: SubscriberView): string {
  return `${type}/${key}`;
}
