// Publications: how they are written, and the actor that hands them on once what they tell of is stored.
import { actor, type Addressable, limits, type Static, t } from "#runtime/mod.ts";

import type { MessagingServices } from "./services.ts";

const PublicationSchema = t.Object({
  feed: t.String({ description: "The topic of its numbered form" }),
  number: t.Integer({ minimum: 1, description: "Those of a feed have no gaps" }),
  line: t.String({ description: "Begins with the topic" }),
});

interface PublicationsMethods {
  readonly publish: { readonly in: Static<typeof PublicationSchema>; readonly out: void };
}

interface Written {
  readonly topic: string;
  readonly from: string;
  readonly text: string;
  /** `HH:MM:SS`. */
  readonly time: string;
  /** Lamport time. */
  readonly clock: number;
}

/** Of the only one there is. */
export const PUBLICATIONS_KEY = "all";
/** By name, so that feeds need nothing from outside. */
export const PUBLICATIONS = { name: "publications" } as Addressable<PublicationsMethods>;

/** `geral ana: oi [12:00:00] (clock=5)`, as existing clients show it. */
export function publicationLine({ topic, from, text, time, clock }: Written): string {
  return `${topic} ${from}: ${text} [${time}] (clock=${clock})`;
}

/**
 * Published twice, the second time behind the feed, a tab, which no name has in it, and the number: who subscribes to
 * that knows what it has missed.
 */
export function createPublications({ publications }: MessagingServices) {
  return actor(PUBLICATIONS.name, {
    about: "Hands publications on to subscribers; there is one",
    internal: true,
    state: () => ({}),
    private: true,
    mailbox: { capacity: limits.messagingMailboxMax },
  }).on("publish", { in: PublicationSchema }, (_, { feed, number, line }) => {
    publications.send(line);
    publications.send(`${feed}\t${number} ${line}`);
  });
}
