// Every view of the page: its place in the navigation, its address, what it shows.

import type { ComponentChild } from "preact";

import { ActorList } from "./actors/actor-list.tsx";
import { ActorPage } from "./actors/actor-page.tsx";
import { Overview } from "./overview/overview.tsx";
import { AccessView } from "./views/access-view.tsx";
import { Accounts } from "./views/accounts.tsx";
import { DeadLetters } from "./views/dead-letters.tsx";
import { Leaderboard } from "./views/leaderboard.tsx";
import { Limits } from "./views/limits.tsx";
import { Logs } from "./views/logs.tsx";
import { Matches } from "./views/matches.tsx";
import { Rooms } from "./views/rooms.tsx";
import { Servers } from "./views/servers.tsx";
import { Sessions } from "./views/sessions.tsx";
import { System } from "./views/system.tsx";
import { Topics } from "./views/topics.tsx";

export interface View {
  /** The first part of its address; empty for the one that comes first. */
  readonly name: string;
  readonly title: string;
  readonly show: (parts: readonly string[]) => ComponentChild;
}

export const VIEW_GROUPS: readonly { readonly title: string; readonly views: readonly View[] }[] = [
  {
    title: "Now",
    views: [
      { name: "", title: "Overview", show: () => <Overview /> },
      { name: "actors", title: "Actors", show: actors },
      { name: "sessions", title: "Sessions", show: () => <Sessions /> },
      { name: "topics", title: "Topics", show: ([topic]) => <Topics key={topic} topic={topic} /> },
      { name: "servers", title: "Servers", show: () => <Servers /> },
    ],
  },
  {
    title: "People",
    views: [
      { name: "rooms", title: "Rooms", show: ([room]) => <Rooms key={room} room={room} /> },
      { name: "matches", title: "Matches", show: ([id]) => <Matches key={id} id={id} /> },
      { name: "leaderboard", title: "Leaderboard", show: () => <Leaderboard /> },
      { name: "accounts", title: "Accounts", show: () => <Accounts /> },
    ],
  },
  {
    title: "Operation",
    views: [
      { name: "dead-letters", title: "Dead letters", show: () => <DeadLetters /> },
      { name: "log", title: "Log", show: () => <Logs /> },
      { name: "limits", title: "Limits", show: () => <Limits /> },
      { name: "access", title: "Access", show: () => <AccessView /> },
      { name: "system", title: "System", show: () => <System /> },
    ],
  },
];

export function viewOf([name = ""]: readonly string[]): View | undefined {
  return VIEW_GROUPS.flatMap(({ views }) => views).find((view) => view.name === name);
}

function actors([type, key]: readonly string[]): ComponentChild {
  if (type === undefined) return <ActorList />;
  return key === undefined ? (
    <ActorList type={type} />
  ) : (
    <ActorPage key={`${type}/${key}`} type={type} actorKey={key} />
  );
}
