// Who may do what here: tokens, made and revoked, and the audit of what was done with them.

import { useState } from "preact/hooks";

import { type Answer, ask, pathTo } from "../../lib/api.ts";
import { type Column, Table } from "../../lib/table.tsx";
import { ROLES } from "../access.ts";
import { Act, Choice, TextField } from "../act.tsx";
import { Answered } from "../answered.tsx";
import { RoleNote } from "../role-note.tsx";
import { Time } from "../time.tsx";
import { useAnswer } from "../use-answer.ts";
import { Audit } from "./audit.tsx";

interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt?: number;
}

type MadeToken = Token & { readonly secret: string };

const [, ...TOKEN_ROLES] = ROLES;

export function AccessView() {
  const { answer, reload } = useAnswer<{ items: readonly Token[] }>("/access/tokens");
  const [made, setMade] = useState<MadeToken>();
  const make = async (fields: Readonly<Record<string, string>>): Promise<Answer<MadeToken>> => {
    const known = await makeToken(fields);
    if (known.ok) setMade(known.value);
    return known;
  };
  return (
    <>
      <h1>Access</h1>
      <RoleNote role="admin" />
      <section class="panel" aria-labelledby="tokens">
        <h2 id="tokens">Tokens</h2>
        <div class="row">
          <Act name="Create token" role="admin" fields={<TokenFields />} act={make} done={reload} />
        </div>
        {made !== undefined && (
          <div class="notice good" role="status">
            <p>The token of {made.name}. Copy it now: it is shown this once.</p>
            <code>{made.secret}</code>
          </div>
        )}
        <Answered answer={answer}>
          {({ items }) => (
            <Table
              caption="Tokens"
              columns={columns(reload)}
              rows={items}
              keyOf={({ id }) => id}
              empty="none was made yet; the admin token of the settings is always good"
            />
          )}
        </Answered>
      </section>
      <Audit />
    </>
  );
}

function TokenFields() {
  return (
    <>
      <TextField name="name" label="Name" hint="Who acts with it, as the audit says it" />
      <Choice name="role" label="Role" choices={TOKEN_ROLES} />
      <TextField name="hours" label="Expires in hours" type="number" hint="Empty: never" isOptional />
    </>
  );
}

function makeToken({ name, role, hours = "" }: Readonly<Record<string, string>>): Promise<Answer<MadeToken>> {
  const expiry = hours === "" ? {} : { expiresInHours: Number(hours) };
  return ask("POST", "/access/tokens", { body: { name, role, ...expiry } });
}

function columns(reload: () => void): readonly Column<Token>[] {
  return [
    { title: "Name", cell: ({ name }) => name },
    { title: "Role", cell: ({ role }) => role },
    { title: "Made", cell: ({ createdAt }) => <Time at={createdAt} /> },
    { title: "By", cell: ({ createdBy }) => createdBy },
    { title: "Expires", cell: ({ expiresAt }) => (expiresAt === undefined ? "never" : <Time at={expiresAt} />) },
    {
      title: "Act",
      cell: ({ id, name }) => (
        <Act
          name="Revoke"
          role="admin"
          isDangerous
          warning={`Whoever uses the token of ${name} is signed out.`}
          act={() => ask("DELETE", pathTo("access", "tokens", id))}
          done={reload}
        />
      ),
    },
  ];
}
