// Accounts at /accounts: which there are, and an operator's acts: make one, disable it, enable it, give it a password.

import type { Elysia } from "elysia";

import { type Id, isReserved, parseId } from "#actors/chat/names.ts";
import type { Page, PageQuery } from "#runtime/observe/view.ts";

import {
  accountExample,
  accountPath,
  accountSchema,
  accountsQuery,
  accountsSchema,
  createBody,
  createExample,
  PASSWORD_RULE,
  resetBody,
  resetExample,
} from "./account-schemas.ts";
import { actorAnswers } from "./actor-answers.ts";
import { type Answers, answers, jsonAnswer, jsonBody, parameters, problemAnswer } from "./document.ts";
import { limitComplaint } from "./paging.ts";
import { problem } from "./problems.ts";
import { bodyAnswers, noInputAnswer, readObject, takesNoInput } from "./request-body.ts";
import { given } from "./request-fields.ts";

export interface AccountView {
  readonly name: string;
  readonly status: "active" | "disabled";
  /** Unix milliseconds; absent for one that an earlier version made. */
  readonly createdAt?: number;
}

/** `busy`: so many hashes wait already. */
export type AccountOutcome = "done" | "unknown" | "exists" | "busy";

export interface AccountsView {
  /** By key; names that look alike are one account. */
  accounts(query: PageQuery & { readonly prefix?: string }): Promise<Page<AccountView>>;
  account(name: Id): Promise<AccountView | undefined>;
  /** Nothing is hashed any more once the signal is aborted. */
  create(name: Id, password: string, signal: AbortSignal): Promise<AccountOutcome>;
  /** Its sessions end, and nobody gets in until it is enabled. */
  disable(name: Id): Promise<AccountOutcome>;
  enable(name: Id): Promise<AccountOutcome>;
  /** Its sessions end. */
  reset(name: Id, password: string, signal: AbortSignal): Promise<AccountOutcome>;
}

const NOT_FOUND = "Cannot find the account: there is none of this name";
const EXISTS = "Cannot make the account: there is one of this name, or of one that looks like it";
const BUSY = "Cannot hash the password now: too many wait for theirs";
const RESERVED = 'Cannot accept the request: "name" must be none of the server\'s own';
const BAD_PASSWORD = `Cannot accept the request: "password" must be ${PASSWORD_RULE}`;
const RETRY = { "Retry-After": "1" };
/** Of what asks actors. */
const ASKED = actorAnswers([423, 429, 504]);
const UNAVAILABLE = { 503: problemAnswer("passwords_busy", BUSY) };

export function serveAccounts(app: Elysia, accounts: AccountsView): void {
  serveList(app, accounts);
  serveCreating(app, accounts);
  serveAct(app, {
    name: "disable",
    summary: "Disable an account",
    description:
      "Its sessions end, and its password and its keys open nothing until it is enabled. It keeps its name, its " +
      "messages and its score.",
    act: (name) => accounts.disable(name),
  });
  serveAct(app, {
    name: "enable",
    summary: "Enable an account",
    description: "Its password is good again.",
    act: (name) => accounts.enable(name),
  });
  serveReset(app, accounts);
}

function serveList(app: Elysia, accounts: AccountsView): void {
  app.get(
    "/accounts",
    async ({ query: { limit, ...filters } }) => ({ ...(await accounts.accounts({ limit, ...given(filters) })) }),
    {
      query: accountsQuery,
      detail: {
        summary: "Accounts",
        description:
          "One page of them, in the order of their names as they are compared: in small letters, `0` as `o`, `1` and " +
          "`i` as `l`. A page may be short and yet have a next one.",
        tags: ["accounts"],
        parameters: parameters("query", accountsQuery),
        responses: answers({
          200: jsonAnswer("One page of accounts", accountsSchema, { items: [accountExample], next: "ana" }),
          422: problemAnswer("invalid_request", limitComplaint),
          ...actorAnswers([400, 503]),
        }),
      },
    },
  );
}

function serveCreating(app: Elysia, accounts: AccountsView): void {
  app.post(
    "/accounts",
    async ({ request }) => {
      const body = await readObject(request, createBody);
      if (body instanceof Response) return body;
      const name = parseId(body.value.name);
      if (name === undefined || isReserved(name)) return problem("invalid_request", RESERVED);
      const outcome = await accounts.create(name, body.value.password, request.signal);
      if (outcome !== "done") return notDone(outcome);
      return Response.json(await accounts.account(name), { status: 201 });
    },
    {
      parse: "none",
      detail: {
        summary: "Make an account",
        description: "For the chat and for matches. Names that look alike are one account.",
        tags: ["accounts"],
        requestBody: jsonBody(createBody, createExample),
        responses: answers({
          201: jsonAnswer("It is made", accountSchema, accountExample),
          409: problemAnswer("account_exists", EXISTS),
          ...bodyAnswers,
          422: problemAnswer("invalid_request", BAD_PASSWORD),
          ...ASKED,
          ...UNAVAILABLE,
        }),
      },
    },
  );
}

interface Act {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  act(name: Id): Promise<AccountOutcome>;
}

function serveAct(app: Elysia, { name, summary, description, act }: Act): void {
  app.post(`/accounts/:name/${name}`, async ({ params }) => done(await act(params.name as Id)), {
    params: accountPath,
    ...takesNoInput,
    detail: { ...actDetail(summary, description), responses: actAnswers({ ...noInputAnswer, ...actorAnswers([503]) }) },
  });
}

function serveReset(app: Elysia, accounts: AccountsView): void {
  app.post(
    "/accounts/:name/reset",
    async ({ params, request }) => {
      const body = await readObject(request, resetBody);
      if (body instanceof Response) return body;
      return done(await accounts.reset(params.name as Id, body.value.password, request.signal));
    },
    {
      params: accountPath,
      parse: "none",
      detail: {
        ...actDetail(
          "Give an account another password",
          "The one before opens nothing any more, nor do its keys; its sessions end. One that is disabled stays so.",
        ),
        requestBody: jsonBody(resetBody, resetExample),
        responses: actAnswers({
          ...bodyAnswers,
          422: problemAnswer("invalid_request", BAD_PASSWORD),
          ...UNAVAILABLE,
        }),
      },
    },
  );
}

function actDetail(summary: string, description: string) {
  const place = parameters("path", accountPath);
  return { summary, description, tags: ["accounts"], parameters: place };
}

function actAnswers(known: Answers): Answers {
  return answers({
    204: { description: "Done, also where it was so before" },
    404: problemAnswer("account_not_found", NOT_FOUND),
    ...ASKED,
    ...known,
  });
}

function done(outcome: AccountOutcome): Response {
  return outcome === "done" ? new Response(null, { status: 204 }) : notDone(outcome);
}

function notDone(outcome: Exclude<AccountOutcome, "done">): Response {
  switch (outcome) {
    case "unknown":
      return problem("account_not_found", NOT_FOUND);
    case "exists":
      return problem("account_exists", EXISTS);
    case "busy":
      return problem("passwords_busy", BUSY, RETRY);
  }
}
