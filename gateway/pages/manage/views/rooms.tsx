// Chat rooms: which there are, who is in one, and what was said there.

import { pathTo } from "../../lib/api.ts";
import type { Column } from "../../lib/table.tsx";
import { ActorLink } from "../actor-link.tsx";
import { formatCount } from "../format.ts";
import { Listing } from "../listing.tsx";
import { linkTo } from "../route.ts";
import { Time } from "../time.tsx";

interface Room {
  readonly room: string;
  readonly members: number;
  readonly last: number;
}

interface Member {
  readonly id: string;
  readonly address: string;
  readonly since: number;
}

interface Message {
  readonly number: number;
  readonly at: number;
  readonly from: string;
  readonly text: string;
}

const ROOM_COLUMNS: readonly Column<Room>[] = [
  { title: "Room", cell: ({ room }) => <a href={linkTo("rooms", room)}>{room}</a> },
  { title: "Members", cell: ({ members }) => formatCount(members), isNumber: true },
  { title: "Messages", cell: ({ last }) => formatCount(last), isNumber: true },
];

const MEMBER_COLUMNS: readonly Column<Member>[] = [
  { title: "Member", cell: ({ id }) => id },
  { title: "Connected from", cell: ({ address }) => address },
  { title: "Since", cell: ({ since }) => <Time at={since} /> },
];

const MESSAGE_COLUMNS: readonly Column<Message>[] = [
  { title: "Number", cell: ({ number }) => number, isNumber: true },
  { title: "At", cell: ({ at }) => <Time at={at} /> },
  { title: "From", cell: ({ from }) => from },
  { title: "Text", cell: ({ text }) => text },
];

export function Rooms({ room }: { readonly room?: string | undefined }) {
  return room === undefined ? <AllRooms /> : <OneRoom room={room} />;
}

function AllRooms() {
  return (
    <>
      <h1>Rooms</h1>
      <section class="panel" aria-label="Rooms">
        <Listing<Room>
          caption="Rooms"
          path="/rooms"
          columns={() => ROOM_COLUMNS}
          keyOf={({ room }) => room}
          empty="none yet; a room begins with the first who joins it, at /chat say"
        />
      </section>
    </>
  );
}

function OneRoom({ room }: { readonly room: string }) {
  const path = pathTo("rooms", room);
  return (
    <>
      <h1>Room {room}</h1>
      <p>
        Its actor: <ActorLink type="chat-room" actorKey={room} />
      </p>
      <section class="panel" aria-label="Members">
        <Listing<Member>
          caption="Members"
          path={`${path}/members`}
          columns={() => MEMBER_COLUMNS}
          keyOf={({ id }) => id}
          empty="nobody is in it"
        />
      </section>
      <section class="panel" aria-label="Messages">
        <Listing<Message>
          caption="Messages"
          path={`${path}/messages`}
          cursor="before"
          columns={() => MESSAGE_COLUMNS}
          keyOf={({ number }) => number}
          empty="nothing was said"
        />
      </section>
    </>
  );
}
