// Commands with passwords, and those that stand for one: accounts, login, logout, and the key to come back with.
import { limits, Refusal, RuntimeError } from "#runtime/mod.ts";

import { whileWanted } from "../accounts/account.ts";
import { mayMakeAccount, mayTryPassword } from "../accounts/login-gate.ts";
import { type Id, idKey, isReserved, parseId } from "../chat/names.ts";
import { Person } from "../chat/person.ts";
import type { Answer, Caller, MatchCommand } from "./match-command.ts";
import type { MatchTypes } from "./match-types.ts";
import { Player } from "./player.ts";
import { attach, comeBack, release } from "./presence.ts";
import { sentenceOf } from "./sentences.ts";

export function createAccountCommands(types: MatchTypes): readonly MatchCommand[] {
  return [
    {
      name: "adduser",
      fields: [2],
      isAccount: true,
      async run(caller, [name = "", password = ""]) {
        const { session: me } = caller;
        const id = parseId(name);
        if (id === undefined || isReserved(id)) throw me.refuse("match.bad_username");
        checkPassword(caller, password);
        const account = me.ref(types.account, idKey(id));
        if (await account.exists()) throw me.refuse("account.exists");
        const { remoteAddress } = me.connection;
        if (!(await mayMakeAccount(me, remoteAddress))) throw me.refuse("account.too_many_tries");
        await account.create({ password, remoteAddress, name: id }, whileWanted(me));
        await me.ref(Person, idKey(id)).register(id);
        return "adduserACK";
      },
    },
    {
      name: "login",
      fields: [2],
      isAccount: true,
      async run(caller, [name = "", password = ""]) {
        const { session: me, log } = caller;
        try {
          return await logIn(caller, types, name, password);
        } catch (error) {
          const code = error instanceof Refusal || error instanceof RuntimeError ? error.code : "";
          log.loginFailed(printable(name), sentenceOf(code), me.connection, me.unixMs());
          throw error;
        }
      },
    },
    {
      name: "passwd",
      fields: [3],
      isAccount: true,
      needsLogin: true,
      run: (caller, [name = "", password = "", next = ""]) => changePassword(caller, types, { name, password, next }),
    },
    {
      name: "logout",
      fields: [0],
      isAccount: true,
      needsLogin: true,
      async run(caller) {
        const { name } = caller.session.state;
        await release(caller);
        caller.log.loggedOut(name, caller.session.unixMs());
        return "logoutACK";
      },
    },
  ];
}

/** Of modern clients alone. */
export function createResumeCommands(types: MatchTypes): readonly MatchCommand[] {
  return [
    {
      name: "key",
      fields: [0],
      isAccount: true,
      needsLogin: true,
      async run({ session: me, own, services }) {
        const key = services.secret();
        await me.ref(Player, me.state.key).setKey({ session: own, keyDigest: services.digest(key) });
        return `keyACK;${key}`;
      },
    },
    {
      name: "resume",
      fields: [2],
      isAccount: true,
      async run(caller, [name = "", key = ""]) {
        const { session: me, services, log } = caller;
        requireNobody(caller);
        const id = parseId(name);
        if (id === undefined || key === "") throw me.refuse("match.wrong_key");
        await attach(caller, idKey(id), id, services.digest(key));
        await leaveIfDisabled(caller, types);
        log.resumed(me.state.name, me.connection, me.unixMs());
        return welcome(caller, types, "resumeACK");
      },
    },
  ];
}

async function logIn(caller: Caller, types: MatchTypes, name: string, password: string): Promise<Answer> {
  const { session: me, log } = caller;
  requireNobody(caller);
  const id = parseId(name);
  if (id === undefined) throw me.refuse("match.unknown_user");
  await passGates(caller, id);
  const account = me.ref(types.account, idKey(id));
  if (!(await account.exists())) throw me.refuse("match.unknown_user");
  const { remoteAddress } = me.connection;
  const isRight = isPassword(password) && (await account.verify({ password, remoteAddress }, whileWanted(me)));
  if (!isRight) throw me.refuse("account.bad_password");
  await attach(caller, idKey(id), id);
  await leaveIfDisabled(caller, types);
  log.loggedIn(me.state.name, me.connection, me.unixMs());
  return welcome(caller, types, "loginACK");
}

/** Whoever disables an account ends the session that he finds: one that came at the same time looks itself. */
async function leaveIfDisabled(caller: Caller, types: MatchTypes): Promise<void> {
  const { session: me } = caller;
  let isDisabled = true;
  try {
    isDisabled = await me.ref(types.account, me.state.key).isDisabled();
  } finally {
    if (isDisabled) await release(caller);
  }
  if (isDisabled) throw me.refuse("account.disabled");
}

/** With the match that goes on, if there is one. */
function welcome(caller: Caller, types: MatchTypes, reply: string): Answer {
  const { name, match } = caller.session.state;
  const after = (): Promise<void> => (match === undefined ? Promise.resolve() : comeBack(caller, types, match));
  return { reply: `${reply};${name}`, after };
}

interface PasswordChange {
  readonly name: string;
  readonly password: string;
  readonly next: string;
}

async function changePassword(caller: Caller, types: MatchTypes, change: PasswordChange): Promise<Answer> {
  const { session: me } = caller;
  const { name, password, next } = change;
  const id = parseId(name);
  if (id === undefined || idKey(id) !== me.state.key) throw me.refuse("match.not_your_account");
  checkPassword(caller, next);
  await passGates(caller, id);
  if (!isPassword(password)) throw me.refuse("account.wrong_old_password");
  await me
    .ref(types.account, me.state.key)
    .change({ password, next, remoteAddress: me.connection.remoteAddress }, whileWanted(me))
    .catch((error: unknown) => {
      const isWrong = error instanceof Refusal && error.code === "account.bad_password";
      throw isWrong ? me.refuse("account.wrong_old_password") : error;
    });
  await me.ref(Player, me.state.key).forgetKey();
  return "passwdACK";
}

function requireNobody({ session: me }: Caller): void {
  if (me.state.key !== "") throw me.refuse("match.already_logged_in");
}

async function passGates({ session: me }: Caller, id: Id): Promise<void> {
  if (!(await mayTryPassword(me, idKey(id), me.connection.remoteAddress))) throw me.refuse("account.too_many_tries");
}

function checkPassword({ session: me }: Caller, password: string): void {
  if (!isPassword(password)) throw me.refuse("match.bad_password");
}

function isPassword(password: string): boolean {
  return password !== "" && password.length <= limits.passwordLengthMax;
}

/** Of a name that somebody tried: it may be anything. */
function printable(name: string): string {
  return parseId(name) ?? "?";
}
