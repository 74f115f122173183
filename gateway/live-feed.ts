// The live feed: a snapshot and the new lines of the log, once a second, to all who watch; each text is made once.

import type { OpenWebSession } from "#runtime/net/web-socket-port.ts";
import type { LiveSnapshot, LiveView } from "#runtime/observe/live-view.ts";
import type { LogEntry, LogView } from "#runtime/observe/log-view.ts";
import type { NodeView } from "#runtime/observe/view.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { CLOSE_CODES, LiveViewer } from "./live-viewer.ts";
import { mayReadLog } from "./roles.ts";

const TOO_MANY_VIEWERS = "live.viewers_max";
const TOO_MANY_OF_ADDRESS = "live.viewers_per_address_max";

export interface LiveFeedSources {
  readonly live: LiveView;
  readonly logs: LogView;
  readonly about: NodeView["about"];
}

export class LiveFeed {
  readonly #sources: LiveFeedSources;
  readonly #viewers = new Set<LiveViewer>();
  /** Texts of what happened since the last message, and how many more there were. */
  #events: string[] = [];
  #firstEvent: number | undefined;
  #dropped = 0;
  /** The log is listened to only while somebody may see it. */
  #stopListening: (() => void) | undefined;
  readonly #textOf = new WeakMap<LiveSnapshot, string>();

  constructor(sources: LiveFeedSources) {
    this.#sources = sources;
  }

  /** Samples and sends from now on; what it returns ends that, and closes all who watch. */
  start(): () => void {
    const stopSampling = this.#sources.live.start({
      isWatched: () => this.#viewers.size > 0,
      sampled: (snapshot) => this.#send(snapshot),
    });
    return () => {
      stopSampling();
      for (const viewer of this.#viewers) viewer.close(CLOSE_CODES.goingAway, "shutdown");
    };
  }

  readonly open: OpenWebSession = (socket) => {
    const refusal = this.#refusal(socket.remoteAddress);
    if (refusal !== undefined) {
      socket.close(CLOSE_CODES.tryLater, refusal);
      return undefined;
    }
    const seesEvents = mayReadLog(socket.role);
    const viewer = new LiveViewer(socket, seesEvents, (left) => this.#leave(left));
    this.#viewers.add(viewer);
    this.#listen();
    viewer.send(this.#hello(seesEvents));
    return viewer;
  };

  #refusal(address: string): string | undefined {
    if (this.#viewers.size >= HTTP_LIMITS.liveViewersMax) return TOO_MANY_VIEWERS;
    const fromAddress = this.#viewers.values().filter(({ remoteAddress }) => remoteAddress === address);
    const isFull = fromAddress.toArray().length >= HTTP_LIMITS.liveViewersPerAddressMax;
    return isFull ? TOO_MANY_OF_ADDRESS : undefined;
  }

  #leave(viewer: LiveViewer): void {
    this.#viewers.delete(viewer);
    this.#listen();
  }

  /** Begins or ends with the first and last who may see the log. */
  #listen(): void {
    const isWanted = this.#viewers.values().some(({ seesEvents }) => seesEvents);
    if (isWanted === (this.#stopListening !== undefined)) return;
    this.#stopListening?.();
    this.#stopListening = isWanted ? this.#sources.logs.subscribe((entry) => this.#happened(entry)) : undefined;
    this.#forgetEvents();
  }

  #happened(entry: LogEntry): void {
    this.#firstEvent ??= entry.number;
    if (this.#events.length < HTTP_LIMITS.liveEventsMax) this.#events.push(textOfEvent(entry));
    else this.#dropped++;
  }

  #forgetEvents(): void {
    this.#events = [];
    this.#firstEvent = undefined;
    this.#dropped = 0;
  }

  #hello(seesEvents: boolean): string {
    const { live, logs, about } = this.#sources;
    const { serverId, version } = about();
    const history = live.history().map((snapshot) => this.#snapshotText(snapshot));
    // Those that wait for the next message come with it.
    const before = this.#firstEvent === undefined ? {} : { before: this.#firstEvent };
    const tail = seesEvents ? logs.tail({ limit: HTTP_LIMITS.liveEventsMax, ...before }).items : [];
    const events = tail.map(textOfEvent).toReversed();
    const names = `"serverId":${JSON.stringify(serverId)},"version":${JSON.stringify(version)}`;
    return `{"kind":"hello",${names},"history":[${history.join()}],"events":[${events.join()}]}`;
  }

  #send(snapshot: LiveSnapshot): void {
    if (this.#viewers.size === 0) return;
    const tick = `{"kind":"tick","snapshot":${JSON.stringify(snapshot)}`;
    const withEvents = `${tick},"events":[${this.#events.join()}],"dropped":${this.#dropped}}`;
    const without = `${tick},"events":[],"dropped":0}`;
    this.#forgetEvents();
    for (const viewer of this.#viewers) viewer.send(viewer.seesEvents ? withEvents : without);
  }

  /** They are kept for five minutes, and sent to each who comes. */
  #snapshotText(snapshot: LiveSnapshot): string {
    const known = this.#textOf.get(snapshot);
    if (known !== undefined) return known;
    const text = JSON.stringify(snapshot);
    this.#textOf.set(snapshot, text);
    return text;
  }
}

/** One that is very long, or no JSON, comes without its fields. */
function textOfEvent(entry: LogEntry): string {
  const text = asJson(entry);
  if (text !== undefined && text.length <= HTTP_LIMITS.liveEventLengthMax) return text;
  const { number, at, level, reason } = entry;
  const { nameCharsMax, reasonCharsMax } = HTTP_LIMITS;
  const shortened = { reason: reason.slice(0, nameCharsMax), text: entry.text.slice(0, reasonCharsMax) };
  return JSON.stringify({ number, at, level, ...shortened, fields: {} } satisfies LogEntry);
}

function asJson(entry: LogEntry): string | undefined {
  try {
    return JSON.stringify(entry);
  } catch {
    return undefined;
  }
}
