// What the servers of the messaging family need from outside: clocks, one another, and the reference.
import type { MessagingServices } from "../messaging/services.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Data of a reply, and when its request left and it came, by the hardware clock. */
export interface ServerReply {
  readonly data: Fields;
  readonly sentMs: number;
  readonly arrivedMs: number;
}

export interface ServerAddress {
  readonly name: string;
  /** A host, or a host and a port after a colon. */
  readonly address: string;
  readonly rank: number;
}

/** What operators ask by. Undefined for an answer where none comes in time; times are those of this machine. */
export interface AdministrationPort {
  askReference(service: string, data: Fields): Promise<ServerReply | undefined>;
  askServer(to: ServerAddress, service: string, data: Fields): Promise<ServerReply | undefined>;
  /** Connections to others are given up. */
  keepServers(names: ReadonlySet<string>): void;
  /** Resolves once the proxy is sent it; to false where that does not listen in time. */
  announce(text: string): Promise<boolean>;
}

/** What the proxy of a home has done since it was started. */
export interface PublicationFigures {
  readonly published: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly subscribers: number;
}

export interface SlowSubscriber {
  readonly address: string;
  readonly dropped: number;
  readonly waitingBytes: number;
}

export interface ProxyPort {
  figures(): PublicationFigures;
  /** Those who have missed something, or for whom something waits: first those for whom most does. */
  slowest(countMax: number): readonly SlowSubscriber[];
}

/** What must be the same at all servers of one home: it says so to those of this kind. */
export interface GroupSettings {
  readonly heartbeatMs: number;
  readonly synchronisation: "berkeley" | "estimate";
}

/** How this process is one of the servers. What is asked has undefined for an answer where none comes in time. */
export interface ServerPort extends GroupSettings {
  /** The name to be registered under; undefined where there is none left. Attempts count from 0. */
  nameAt(attempt: number): string | undefined;
  /** Told to others as where to connect; undefined: where it is seen to come from. */
  readonly address: string | undefined;
  /** Tells this process from another of the same name. */
  readonly instance: string;
  /** As the home has them, from now on, whatever was set here. False where they are what they were. */
  adopt(settings: GroupSettings): boolean;
  askReference(service: string, data: Fields): Promise<ServerReply | undefined>;
  askServer(to: ServerAddress, service: string, data: Fields, timeoutMs: number): Promise<ServerReply | undefined>;
  /** Host and port, as programs of any kind are to connect to it. */
  addressOf(server: Pick<ServerAddress, "address" | "rank">): string;
  /** Connections to others are given up. */
  keepServers(names: ReadonlySet<string>): void;
  /** Text for the topic `servers`. */
  announce(text: string): void;
  /** Registered: listens at the port of this rank, unless it does, and no longer at that of another. */
  standAs(rank: number): void;
  /** Something that an operator wants to know. */
  log(message: string, details: Fields): void;
}

export interface ServerServices extends MessagingServices {
  /** Unix milliseconds as the hardware has them, with fractions; never going back. */
  readonly hardwareMs: () => number;
  /** Times that this machine has slept, or its wall clock was set forward; after that `hardwareMs` is as it is then. */
  readonly sleepCount: () => number;
  /** The broker deals requests to this process too. */
  readonly serves: boolean;
  /** It has a home elsewhere. */
  readonly hasJoined: boolean;
  readonly server: ServerPort;
  readonly proxy: ProxyPort;
  readonly administration: AdministrationPort;
  /** Of a server that has joined: data of its home's reply. Rejects with a `RuntimeError` where there is none. */
  readonly askStore: (service: string, data: Fields) => Promise<Fields>;
}
