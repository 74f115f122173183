// Hybrid mode: a session on TCP hands its lines to a datagram connection, which shows a token that it was given.
import { t } from "#runtime/mod.ts";

import { type Caller, command } from "./command.ts";
import { forwardAll, releaseData } from "./forwarding.ts";
import { CONTROL_SESSION, controlSessions, DATA_SESSION } from "./session-methods.ts";

const TOKEN = /^([^.]{1,64})\.(.{32})$/;

/** Whoever notices first that datagrams are lost need not wait until the other side does. */
function unbind({ session, own }: Caller): string {
  if (releaseData(session)) forwardAll(session, own);
  session.state.binding = undefined;
  return "off";
}

export const hybridCommands = [
  command({
    name: "UDP",
    usage: "UDP [off]",
    help: "porta e código para receber as mensagens por datagramas (BIND); com off, de volta por TCP",
    input: t.Object({ off: t.Optional(t.Literal("off")) }),
    needsId: true,
    control: true,
    budgeted: true,
    run(caller, { off }) {
      const { session, own, services } = caller;
      if (off !== undefined) return unbind(caller);
      const port = services.udpPort();
      if (port === undefined || own.type !== CONTROL_SESSION) throw session.refuse("chat.no_udp");
      const secret = services.secret();
      session.state.binding = { secret, dataKey: session.state.binding?.dataKey ?? "" };
      return `${port} ${own.key}.${secret}`;
    },
  }),
  command({
    name: "BIND",
    usage: "BIND código",
    help: "liga esta conexão de datagramas à sessão TCP do código",
    input: t.Object({ token: t.String() }),
    control: true,
    budgeted: true,
    async run({ session, own }, { token }) {
      const [, controlKey = "", secret = ""] = TOKEN.exec(token) ?? [];
      if (own.type !== DATA_SESSION) throw session.refuse("chat.only_over_datagrams");
      if (session.state.id !== "") throw session.refuse("chat.already_named");
      if (controlKey === "") throw session.refuse("chat.no_binding");
      const control = session.ref(controlSessions, controlKey);
      const { id, rooms } = await control.bind({ secret, dataKey: own.key }).catch(() => {
        throw session.refuse("chat.no_binding");
      });
      session.watch(control, "controlGone");
      Object.assign(session.state, { id, rooms: [...rooms], controlKey });
      forwardAll(session, own);
      return id;
    },
  }),
];
