// Hot. Who subscribed to what: a radix tree of topics, walked along the first frame of each message.

interface Node<Subscriber> {
  /** What stands between its parent and it; of the root, nothing. */
  label: Buffer;
  readonly children: Map<number, Node<Subscriber>>;
  readonly subscribers: Set<Subscriber>;
}

/** A set: who subscribes to a topic twice has it once. A walk costs what the message's topic has octets, at most. */
export class Subscriptions<Subscriber> {
  readonly #root: Node<Subscriber> = createNode(Buffer.alloc(0));

  /** False where this one has it already. */
  add(topic: Buffer, subscriber: Subscriber): boolean {
    const { subscribers } = this.#reach(topic);
    if (subscribers.has(subscriber)) return false;
    subscribers.add(subscriber);
    return true;
  }

  /** False where this one has it not. Nodes that nobody needs any more go. */
  delete(topic: Buffer, subscriber: Subscriber): boolean {
    const path: Node<Subscriber>[] = [this.#root];
    for (let offset = 0; offset < topic.length;) {
      const child = path.at(-1)?.children.get(topic[offset] as number);
      if (child === undefined || !isPrefix(child.label, topic, offset, topic.length)) return false;
      offset += child.label.length;
      path.push(child);
    }
    const deleted = path.at(-1)?.subscribers.delete(subscriber) === true;
    if (deleted) prune(path);
    return deleted;
  }

  /** Visits whoever has a topic that `octets` from `start` to `end` begin with: once for each such topic of his. */
  match(octets: Buffer, start: number, end: number, visit: (subscriber: Subscriber) => void): void {
    let node: Node<Subscriber> | undefined = this.#root;
    for (let offset = start; node !== undefined;) {
      for (const subscriber of node.subscribers) visit(subscriber);
      if (offset === end) return;
      const child: Node<Subscriber> | undefined = node.children.get(octets[offset] as number);
      if (child === undefined || !isPrefix(child.label, octets, offset, end)) return;
      offset += child.label.length;
      node = child;
    }
  }

  #reach(topic: Buffer): Node<Subscriber> {
    let node = this.#root;
    for (let offset = 0; offset < topic.length;) {
      const child = node.children.get(topic[offset] as number);
      if (child === undefined) {
        const leaf = createNode<Subscriber>(Buffer.from(topic.subarray(offset)));
        node.children.set(topic[offset] as number, leaf);
        return leaf;
      }
      const shared = sharedBytes(child.label, topic, offset);
      node = shared === child.label.length ? child : split(node, child, shared);
      offset += shared;
    }
    return node;
  }
}

function createNode<Subscriber>(label: Buffer): Node<Subscriber> {
  return { label, children: new Map(), subscribers: new Set() };
}

/** Puts a node between the two, behind the first `bytes` of the child's label. */
function split<Subscriber>(parent: Node<Subscriber>, child: Node<Subscriber>, bytes: number): Node<Subscriber> {
  const between = createNode<Subscriber>(child.label.subarray(0, bytes));
  child.label = child.label.subarray(bytes);
  parent.children.set(between.label[0] as number, between);
  between.children.set(child.label[0] as number, child);
  return between;
}

/** The last of the path has lost a subscriber: it goes when it is of no use, or becomes one with its only child. */
function prune<Subscriber>(path: readonly Node<Subscriber>[]): void {
  for (let depth = path.length - 1; depth > 0; depth--) {
    const node = path[depth] as Node<Subscriber>;
    const parent = path[depth - 1] as Node<Subscriber>;
    if (node.subscribers.size > 0 || node.children.size > 1) return;
    const [only] = node.children.values();
    if (only === undefined) parent.children.delete(node.label[0] as number);
    else {
      only.label = Buffer.concat([node.label, only.label]);
      parent.children.set(only.label[0] as number, only);
      return;
    }
  }
}

function isPrefix(label: Buffer, octets: Buffer, start: number, end: number): boolean {
  return start + label.length <= end && sharedBytes(label, octets, start) === label.length;
}

/** How many octets of the label those from `start` on begin with. */
function sharedBytes(label: Buffer, octets: Buffer, start: number): number {
  const most = Math.min(label.length, octets.length - start);
  let count = 0;
  while (count < most && label[count] === octets[start + count]) count++;
  return count;
}
