// All that actors may use of the runtime, named one by one.
export { type Static, type TObject, type TSchema, Type as t } from "@sinclair/typebox";
export { Value } from "@sinclair/typebox/value";

export type {
  ActorContext,
  AlarmOptions,
  DurableContext,
  DurableReadContext,
  Firing,
  Gone,
  ReadContext,
  Rows,
  SessionContext,
  TimerOptions,
} from "./core/context.ts";
export { actor, type ActorType, session } from "./core/definition.ts";
export { type Receipt, Refusal, RuntimeError } from "./core/errors.ts";
export type { Addressable, CallOptions, Ref, TellOptions } from "./core/shape.ts";
export { topic, type Topic, type TopicOf } from "./core/topic.ts";
export { limits } from "./limits.ts";
export { decodeMessage, encodeMessage } from "./wire/message-pack.ts";
export { parseHostAddress } from "./wire/host-address.ts";
export type { TextPart } from "./wire/text-parts.ts";
export { splitEnvelope } from "./wire/zmtp-envelope.ts";
export { ZmtpMessage } from "./wire/zmtp-message.ts";
export { ZmtpPeer } from "./wire/zmtp-peer.ts";
export type { ZmtpIncoming } from "./wire/zmtp-protocol.ts";
