// What is published to whom: topics, and who has subscribed to one.

import { pathTo } from "../../lib/api.ts";
import type { Column } from "../../lib/table.tsx";
import { ActorLink } from "../actor-link.tsx";
import { formatCount } from "../format.ts";
import { Listing } from "../listing.tsx";
import { linkTo } from "../route.ts";

interface Topic {
  /** Its name and its key, such as `room-lines/lobby`. */
  readonly topic: string;
  readonly subscribers: number;
}

interface Subscriber {
  readonly type: string;
  readonly key: string;
  readonly method?: string;
}

const TOPIC_COLUMNS: readonly Column<Topic>[] = [
  { title: "Topic", cell: ({ topic }) => <a href={linkTo("topics", topic)}>{topic}</a> },
  { title: "Subscribers", cell: ({ subscribers }) => formatCount(subscribers), isNumber: true },
];

const SUBSCRIBER_COLUMNS: readonly Column<Subscriber>[] = [
  { title: "Actor", cell: ({ type, key }) => <ActorLink type={type} actorKey={key} /> },
  { title: "Told by", cell: ({ method }) => method ?? "its connection" },
];

export function Topics({ topic }: { readonly topic?: string | undefined }) {
  if (topic !== undefined) return <OneTopic topic={topic} />;
  return (
    <>
      <h1>Topics</h1>
      <section class="panel" aria-label="Topics">
        <Listing<Topic>
          caption="Topics with subscribers"
          path="/topics"
          columns={() => TOPIC_COLUMNS}
          keyOf={({ topic: of }) => of}
          empty="none now; a topic is here while an actor is subscribed to it"
        />
      </section>
    </>
  );
}

function OneTopic({ topic }: { readonly topic: string }) {
  return (
    <>
      <h1>Topic {topic}</h1>
      <section class="panel" aria-label="Subscribers">
        <Listing<Subscriber>
          caption="Subscribers"
          path={`${pathTo("topics", topic)}/subscribers`}
          columns={() => SUBSCRIBER_COLUMNS}
          keyOf={({ type, key, method }) => `${type}/${key} ${method}`}
          empty="none now"
        />
      </section>
    </>
  );
}
