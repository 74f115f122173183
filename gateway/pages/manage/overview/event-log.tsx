// The log as it is written: filtered, paused at will, never more lines than a browser draws at once.

import { signal, useSignal } from "@preact/signals";

import { LOG_LEVELS, type LogEntry } from "#runtime/observe/log-view.ts";

import { signInAsked } from "../access.ts";
import { formatMoment } from "../format.ts";
import { events, EVENTS_MAX, eventsDropped } from "../live.ts";

const levelLeast = signal<string>("debug");
const contained = signal("");

export function EventLog({ isAllowed }: { readonly isAllowed: boolean }) {
  const held = useSignal<readonly LogEntry[] | undefined>(undefined);
  const shown = (held.value ?? events.value).filter(isWanted).slice(-EVENTS_MAX).toReversed();
  return (
    <section class="panel" aria-labelledby="event-log">
      <h2 id="event-log">Event log</h2>
      {isAllowed ? (
        <>
          <Filters
            isPaused={held.value !== undefined}
            pause={() => (held.value = held.value ? undefined : events.value)}
          />
          <ol class="log" tabIndex={0} aria-label="Events, newest first">
            {shown.map((entry) => (
              <Line key={entry.number} entry={entry} />
            ))}
          </ol>
          <p class="muted">
            {shown.length} of the last {EVENTS_MAX} lines
            {eventsDropped.value > 0 && `, ${eventsDropped.value} left out: too many`}
          </p>
        </>
      ) : (
        <p class="muted row">
          The log is shown to operators.
          <button type="button" onClick={() => (signInAsked.value = true)}>
            Sign in as operator
          </button>
        </p>
      )}
    </section>
  );
}

function Filters({ isPaused, pause }: { readonly isPaused: boolean; readonly pause: () => void }) {
  return (
    <div class="filters">
      <label>
        From level
        <select value={levelLeast.value} onChange={(event) => (levelLeast.value = event.currentTarget.value)}>
          {LOG_LEVELS.map((level) => (
            <option key={level} value={level}>
              {level}
            </option>
          ))}
        </select>
      </label>
      <label>
        Contains
        <input
          type="search"
          value={contained.value}
          onInput={(event) => (contained.value = event.currentTarget.value)}
        />
      </label>
      <button type="button" aria-pressed={isPaused} onClick={pause}>
        {isPaused ? "Go on" : "Pause"}
      </button>
    </div>
  );
}

function Line({ entry: { at, level, reason, text, fields } }: { readonly entry: LogEntry }) {
  const more = Object.entries(fields).map(([name, value]) => `${name}=${asText(value)}`);
  return (
    <li>
      <time>{formatMoment(at)}</time> <span class={`level ${level}`}>{level}</span> {reason !== "" && <b>{reason} </b>}
      {text} <span class="muted">{more.join(" ")}</span>
    </li>
  );
}

function isWanted({ level, reason, text, fields }: LogEntry): boolean {
  if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(levelLeast.value as LogEntry["level"])) return false;
  const wanted = contained.value.toLowerCase();
  return wanted === "" || `${reason} ${text} ${JSON.stringify(fields)}`.toLowerCase().includes(wanted);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
