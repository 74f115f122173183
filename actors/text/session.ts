// The text session: each connection is one actor that takes commands, one line each, and answers in order.
import { session } from "#runtime/mod.ts";

import { noticeLine } from "../chat/lines.ts";
import { GoneSchema } from "../chat/session-address.ts";
import type { TextSession, TextState } from "../commands/command.ts";
import { followRoom, forwardAll, forwardNothing, releaseData, unfollowRoom } from "../commands/forwarding.ts";
import { BoundSchema, DATA_SESSION, FollowSchema, type SessionName, TokenSchema } from "../commands/session-methods.ts";
import { fullBudget } from "./budget.ts";
import { clientOf } from "./client-log.ts";
import { obeyLine, type TextSessionServices } from "./obey.ts";

/** Lines in and lines out, each with its ending; `name` says over what. The session types differ in nothing else. */
export function createTextSession(name: SessionName, services: TextSessionServices) {
  const { log, vocabulary } = services;
  return session(name, {
    state: (): TextState => ({ id: "", since: 0, rooms: [], binding: undefined, controlKey: "", ...fullBudget() }),
    opened: (me: TextSession) => log.connected(clientOf(me), me.turnStartedAt),
    private: true,
    message: (me: TextSession, message: string) =>
      obeyLine({ session: me, own: { type: name, key: me.key }, services, vocabulary }, message),
    closed: (me: TextSession, reason) => log.disconnected(clientOf(me), reason, me.turnStartedAt),
  })
    .on("replaced", { in: GoneSchema }, (me) => {
      me.send(noticeLine("replaced", "Outra conexão assumiu este identificador."));
      me.end("replaced");
    })
    .on("bind", { in: TokenSchema, out: BoundSchema }, (me, { secret, dataKey }) => {
      const { id, rooms, binding } = me.state;
      if (id === "" || binding === undefined || binding.secret !== secret) throw me.refuse("chat.no_binding");
      releaseData(me);
      // A token binds once: whoever overhears it comes too late.
      me.state.binding = { secret: "", dataKey };
      me.watch({ type: DATA_SESSION, key: dataKey }, "dataGone");
      forwardNothing(me, { type: name, key: me.key });
      return { id, rooms };
    })
    .on("dataGone", { in: GoneSchema }, (me, { key }) => {
      const { binding } = me.state;
      if (binding?.dataKey !== key) return;
      // A token that was asked for meanwhile is still good.
      me.state.binding = binding.secret === "" ? undefined : { ...binding, dataKey: "" };
      forwardAll(me, { type: name, key: me.key });
      me.send(noticeLine("udp_lost", "Os datagramas não chegam; as mensagens vêm por TCP."));
    })
    .on("unbind", {}, (me) => me.end("unbound"))
    .on("controlGone", { in: GoneSchema }, (me) => me.end("control_gone"))
    .on("follow", { in: FollowSchema }, (me, { room }) => followRoom(me, room))
    .on("unfollow", { in: FollowSchema }, (me, { room }) => unfollowRoom(me, room));
}
