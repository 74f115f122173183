// The figures that are looked at first.

import type { LiveSnapshot } from "#runtime/observe/live-view.ts";

import { formatBytes, formatCount, formatDuration, formatShare } from "../format.ts";
import { linkTo } from "../route.ts";

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note?: string | undefined;
  readonly tone?: "good" | "bad" | undefined;
  readonly link?: string;
}

export function Tiles({ snapshot }: { readonly snapshot: LiveSnapshot }) {
  return (
    <dl class="tiles">
      {tilesOf(snapshot).map(({ name, value, note, tone, link }) => (
        <div key={name} class="tile">
          <dt>{link === undefined ? name : <a href={link}>{name}</a>}</dt>
          <dd>
            <span class={tone}>{value}</span>
            {note !== undefined && <span class="muted note">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function tilesOf(snapshot: LiveSnapshot): readonly Tile[] {
  const { ready, why, uptimeMs, connections, protocols, commitsPerSecond } = snapshot;
  const { cpuShare, rssBytes, heapBytes, deadLetters } = snapshot;
  const open = Object.values(connections).reduce((sum, count) => sum + count, 0);
  const messages = protocols.reduce((sum, { messagesPerSecond }) => sum + messagesPerSecond, 0);
  return [
    { name: "State", value: ready ? "ready" : "not ready", note: why, tone: ready ? "good" : "bad" },
    { name: "Up for", value: formatDuration(uptimeMs) },
    { name: "Connections", value: formatCount(open), link: linkTo("sessions") },
    { name: "Messages", value: `${formatCount(messages)}/s` },
    { name: "Commits", value: `${formatCount(commitsPerSecond)}/s` },
    { name: "CPU", value: formatShare(cpuShare), note: "of one core" },
    { name: "Memory", value: formatBytes(rssBytes), note: `heap ${formatBytes(heapBytes)}` },
    {
      name: "Dead letters",
      value: formatCount(deadLetters),
      tone: deadLetters > 0 ? "bad" : undefined,
      link: linkTo("dead-letters"),
    },
  ];
}
