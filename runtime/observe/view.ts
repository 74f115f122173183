// What an operator may see and do, as the gateway is given it: plain values, read when asked, nothing kept in step.

/** One actor type a node hosts. `live` counts resident instances; methods carry their schemas as JSON schema. */
export interface ActorTypeView {
  readonly type: string;
  readonly kind: "actor" | "session";
  readonly live: number;
  readonly methods: readonly MethodView[];
}

export interface MethodView {
  readonly name: string;
  readonly kind: "write" | "read";
  readonly in?: object;
  readonly out?: object;
}

/** One resident actor. `mailbox` counts messages waiting, `turns` those run since this activation. */
export interface ActorView {
  readonly type: string;
  readonly key: string;
  readonly status: "idle" | "ready" | "running" | "suspended" | "waking" | "resting";
  readonly mailbox: number;
  readonly mailboxBytes: number;
  readonly turns: number;
  readonly idleMs: number;
}

/** One open connection and the session actor it feeds. Times are Unix milliseconds. */
export interface SessionView {
  readonly id: string;
  readonly actor: string;
  readonly transport: "tcp" | "tls";
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly openedAt: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly outboundBytes: number;
  readonly paused: boolean;
}

/** A page of at most `limit` items, in a stable order; `next` is the cursor of the page after it, if there is one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

export interface PageQuery {
  readonly limit: number;
  readonly after?: string;
}

export interface ActorQuery extends PageQuery {
  readonly type?: string;
}

/** The read-only view of a running node, and the one act the first cut offers. */
export interface NodeView {
  /** Not ready while starting and while draining; `why` says which. */
  readiness(): { readonly ready: boolean; readonly why?: string };
  about(): {
    readonly serverId: string;
    readonly version: string;
    readonly startedAt: number;
    readonly uptimeMs: number;
  };
  actorTypes(): readonly ActorTypeView[];
  actors(query: ActorQuery): Page<ActorView>;
  sessions(query: PageQuery): Page<SessionView>;
  /** Ends one session with reason `disconnected_by_operator`; false when there is no such session. */
  disconnect(sessionId: string): boolean;
  /** Prometheus text exposition, format 0.0.4. */
  metrics(): Promise<string>;
}
