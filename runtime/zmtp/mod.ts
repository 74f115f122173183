// ZeroMQ sockets for Bun: all that a program may use of them, named one by one.
export { type Subscription, ZmtpMessage } from "../wire/zmtp-message.ts";
export { createZmtpContext, type ZmtpContext } from "./context.ts";
export { DealerSocket } from "./dealer-socket.ts";
export type { DialAddress, EndpointOptions, ListenAddress } from "./endpoints.ts";
export type { Peer } from "./peer.ts";
export { type PublishOptions, PublishSocket } from "./publish-socket.ts";
export { type Frames, type ReplyHandler, ReplySocket } from "./reply-socket.ts";
export { type Reply, RequestSocket } from "./request-socket.ts";
export { type RouterOptions, RouterSocket } from "./router-socket.ts";
export { SubscribeSocket } from "./subscribe-socket.ts";
export { ZmtpError, type ZmtpErrorCode } from "./zmtp-error.ts";
