// What servers say to each other in an election, and what one of them is told and wants done.
import type { Member } from "./members.ts";

/** Whom do you follow, and would you vote for me? Foreign servers are asked the same, and answer with a name. */
export interface Query {
  readonly kind: "query";
  /** The highest epoch that the asker has promised; 0 for none. */
  readonly promised: number;
}

/** Asked by the sponsor, whose rank is in the epoch. */
export interface VoteRequest {
  readonly kind: "vote";
  readonly epoch: number;
  /** The sponsor, or a foreign server. */
  readonly coordinator: string;
  /** Voting servers that the sponsor knows, itself among them. */
  readonly known: number;
  /** Who has voted for it so far. */
  readonly votes: readonly string[];
}

/** Also where it is repeated to one that missed it. */
export interface Announcement {
  readonly kind: "announcement";
  readonly epoch: number;
  readonly coordinator: string;
  readonly votes: readonly string[];
}

/** From the sponsor of the coordinator, which is as a rule the coordinator itself. */
export interface Heartbeat {
  readonly kind: "heartbeat";
  readonly epoch: number;
}

/** Whoever decodes one looks at its shape; its values are looked at here. */
export type Request = Query | VoteRequest | Announcement | Heartbeat;

/** To a query. A foreign server has said no more than its coordinator. */
export interface Standing {
  readonly kind: "standing";
  /** Whom it follows, or is itself; undefined while it is unsure. */
  readonly coordinator: string | undefined;
  /** That one's, where there is a coordinator. */
  readonly epoch: number | undefined;
  /** The highest that it has promised or used; 0 for none. */
  readonly promised: number | undefined;
  /** It sponsors a coordinator, or is gathering votes for one. */
  readonly claims: boolean | undefined;
  /** It would vote if this one did; undefined: it would, or it is foreign. */
  readonly boundTo: string | undefined;
}

export interface VoteAnswer {
  readonly kind: "vote";
  readonly granted: boolean;
  /** The highest that it has promised. */
  readonly epoch: number;
  /** Where it refuses because it is bound: it would vote if this one did. */
  readonly boundTo: string | undefined;
}

/** To an announcement or a heartbeat. */
export interface Acceptance {
  readonly kind: "acceptance";
  readonly accepted: boolean;
  /** The highest that it has promised. */
  readonly epoch: number;
}

export type Answer = Standing | VoteAnswer | Acceptance;

export interface Accepted {
  readonly epoch: number;
  readonly coordinator: string;
  /** The coordinator itself, unless that is foreign. */
  readonly sponsor: string;
}

/** What a server must find again after a restart. Plain values; what is undefined may be missing. */
export interface ElectionMemory {
  /** The highest epoch that it has voted for or accepted; 0 for none. */
  readonly promised: number;
  /** The highest counter that it has used as a sponsor; undefined: it does not know whether it used any. */
  readonly ownCounter: number | undefined;
  readonly accepted: Accepted | undefined;
}

export type ElectionEvent =
  | { readonly kind: "tick" }
  | { readonly kind: "known"; readonly members: readonly Member[] }
  | { readonly kind: "request"; readonly from: string; readonly message: Request }
  /** To an ask of this very instance: what was asked before a restart is nobody's. */
  | { readonly kind: "answer"; readonly ask: Ask; readonly message: Answer }
  /** Any sign of life. */
  | { readonly kind: "heard"; readonly name: string }
  /** Nothing can be sent to it now. */
  | { readonly kind: "unreachable"; readonly name: string };

/** To be sent to that server; its answer, if one comes, is an event with this very effect. */
export interface Ask {
  readonly kind: "ask";
  readonly to: string;
  readonly message: Request;
  /** When, by the asker's clock. */
  readonly sentAtMs: number;
}

/** `coordinator`: it acts itself. `follower`: another does, whom it may sponsor. `unsure`: it knows of none. */
export type Role = "coordinator" | "follower" | "unsure";

export type Reason =
  /** It has gathered a majority of the votes. */
  | "elected"
  /** It has been told of a coordinator, or heard of its own again. */
  | "announced"
  /** It has voted for an election that is not over. */
  | "voted"
  /** It was coordinator or sponsor, and too few have answered it. */
  | "lease_over"
  /** Its coordinator has not been heard for the timeout. */
  | "silent"
  /** The sponsor of its coordinator asks as one that has no office. */
  | "left_office";

/** Why a message, a list or an instruction changes nothing. */
export type Refusal =
  /** Below what has been promised. */
  | "stale_epoch"
  /** No announcement of this coordinator under this epoch has been accepted. */
  | "not_accepted"
  /** No number that an epoch can be. */
  | "bad_epoch"
  /** Further ahead than `limits.electionEpochLeapMax`. */
  | "epoch_leap"
  /** Not from a known server that votes. */
  | "not_a_voter"
  /** The epoch belongs to another rank than that of its sender. */
  | "wrong_rank"
  /** Neither its sender nor a known foreign server; or another than was accepted under this epoch. */
  | "wrong_coordinator"
  /** Its sender knows fewer voting servers: what is a majority there is none here. */
  | "fewer_known"
  /** No majority of the voting servers that are known here. */
  | "too_few_votes"
  /** Bound to another, or that one is damped or no better. */
  | "bound"
  /** A list with a bad rank, or a name or a rank twice, or too long. */
  | "bad_list";

export type Effect =
  /** To be stored before anything that follows is sent. */
  | { readonly kind: "remember"; readonly memory: ElectionMemory }
  | Ask
  /** To the request of this step. */
  | { readonly kind: "reply"; readonly message: Answer }
  /** For everybody to hear: the election is won. Known servers are told by asks besides. */
  | {
      readonly kind: "announce";
      readonly coordinator: string;
      readonly rank: number;
      readonly epoch: number;
      readonly votes: readonly string[];
    }
  /** For logs and figures. */
  | {
      readonly kind: "became";
      readonly role: Role;
      readonly coordinator: string | undefined;
      readonly epoch: number | undefined;
      readonly reason: Reason;
    }
  /** Something was refused, for figures. */
  | { readonly kind: "refused"; readonly reason: Refusal; readonly from: string };
