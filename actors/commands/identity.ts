// Who is who: HELLO for guests, ADDUSER and LOGIN for those with an account.
import { limits, type Ref, t } from "#runtime/mod.ts";

import { type AccountType, whileWanted } from "../accounts/account.ts";
import { mayMakeAccount, mayTryPassword } from "../accounts/login-gate.ts";
import { isEncrypted } from "../accounts/password-transport.ts";
import { Hold, holdKey } from "../chat/hold.ts";
import { noticeLine } from "../chat/lines.ts";
import { type Id, idKey, isReserved, parseId } from "../chat/names.ts";
import { Person } from "../chat/person.ts";
import { type Answer, type Caller, command, type TextSession } from "./command.ts";
import { followInbox } from "./forwarding.ts";

const PasswordInput = t.Object({
  id: t.String(),
  password: t.String({ minLength: 1, maxLength: limits.passwordLengthMax }),
});

export function createIdentityCommands(accountType: AccountType) {
  const accountOf = (session: TextSession, id: Id) => session.ref(accountType, idKey(id));
  return [
    command({
      name: "HELLO",
      usage: "HELLO nome [chave]",
      help: "dá um identificador a esta conexão; a chave retoma o de antes",
      input: t.Object({ id: t.String(), resumeKey: t.Optional(t.String()) }),
      control: true,
      budgeted: true,
      logged: ({ id }) => id,
      async run(caller, input) {
        const id = freeId(caller, input.id);
        const account = accountOf(caller.session, id);
        const hasAccount = await account.exists();
        return claim(caller, account, id, { resumeKey: input.resumeKey, hasAccount, loggedIn: false });
      },
    }),
    command({
      name: "LOGIN",
      usage: "LOGIN nome senha",
      help: "dá a esta conexão o identificador de uma conta",
      input: PasswordInput,
      control: true,
      budgeted: true,
      logged: ({ id }) => id,
      async run(caller, { id: name, password }) {
        const id = freeId(caller, name);
        checkTransport(caller);
        const { session } = caller;
        const { remoteAddress } = session.connection;
        if (!(await mayTryPassword(session, idKey(id), remoteAddress))) throw session.refuse("account.too_many_tries");
        const account = accountOf(session, id);
        const matches = await account.verify({ password, remoteAddress }, whileWanted(session));
        if (!matches) throw session.refuse("account.bad_password");
        return claim(caller, account, id, { resumeKey: undefined, hasAccount: true, loggedIn: true });
      },
    }),
    command({
      name: "ADDUSER",
      usage: "ADDUSER nome senha",
      help: "cria uma conta",
      input: PasswordInput,
      control: true,
      budgeted: true,
      logged: ({ id }) => id,
      async run(caller, { id: name, password }) {
        const id = validId(caller, name);
        checkTransport(caller);
        const { session } = caller;
        const { remoteAddress } = session.connection;
        if (!(await mayMakeAccount(session, remoteAddress))) throw session.refuse("account.too_many_tries");
        await accountOf(session, id).create({ password, remoteAddress, name: id }, whileWanted(session));
        await session.ref(Person, idKey(id)).register(id);
        return id;
      },
    }),
  ];
}

function validId({ session }: Caller, text: string): Id {
  const id = parseId(text);
  if (id === undefined) throw session.refuse("chat.bad_id");
  if (isReserved(id)) throw session.refuse("chat.id_reserved");
  return id;
}

/** The id, where this connection has none yet or this one. */
function freeId(caller: Caller, text: string): Id {
  const id = validId(caller, text);
  const { state } = caller.session;
  if (state.id !== "" && idKey(state.id) !== idKey(id)) throw caller.session.refuse("chat.already_named");
  return id;
}

/** Whether a password may cross this connection. */
function checkTransport({ session, services }: Caller): void {
  if (isEncrypted(session.connection.transport, services)) return;
  if (services.plainLogin === "refuse") throw session.refuse("account.needs_tls");
  if (services.plainLogin === "warn") {
    session.send(noticeLine("plain_login", "A senha viajou sem cifra; use a porta TLS."));
  }
}

interface Proof {
  readonly resumeKey: string | undefined;
  readonly hasAccount: boolean;
  readonly loggedIn: boolean;
}

type Account = Ref<AccountType["shape"]["methods"]>;

async function claim(
  { session, own, services }: Caller,
  account: Account,
  id: Id,
  { resumeKey, ...proof }: Proof,
): Promise<Answer> {
  const person: Ref<(typeof Person)["shape"]["methods"]> = session.ref(Person, idKey(id));
  // Before the claim: whoever takes the id over from us must be heard.
  session.watch({ type: Hold.name, key: holdKey(own) }, "replaced");
  const claimed = { id, session: own, nextKey: services.secret(), ...proof };
  const answer = await person.claim(resumeKey === undefined ? claimed : { ...claimed, resumeKey });
  if (proof.hasAccount && (await account.isDisabled())) {
    await person.release(own);
    throw session.refuse("account.disabled");
  }
  session.state.id = id;
  session.state.since = answer.since;
  followInbox(session, own);
  return `${id} ${answer.resumeKey} ${answer.last}`;
}
