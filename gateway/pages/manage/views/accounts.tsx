// Accounts of text clients: made, disabled, enabled, given another password.

import { useState } from "preact/hooks";

import { ask, pathTo } from "../../lib/api.ts";
import type { Column } from "../../lib/table.tsx";
import { Act, TextField } from "../act.tsx";
import { Listing } from "../listing.tsx";
import { RoleNote } from "../role-note.tsx";
import { Time } from "../time.tsx";

interface Account {
  readonly name: string;
  readonly status: "active" | "disabled";
  readonly createdAt?: number;
}

export function Accounts() {
  const [made, setMade] = useState(0);
  return (
    <>
      <h1>Accounts</h1>
      <RoleNote role="admin" />
      <section class="panel" aria-label="Accounts">
        <div class="row">
          <Act
            name="Create account"
            role="admin"
            fields={
              <>
                <TextField name="name" label="Name" />
                <TextField name="password" label="Password" type="password" />
              </>
            }
            act={({ name, password }) => ask("POST", "/accounts", { body: { name, password } })}
            done={() => setMade(made + 1)}
          />
        </div>
        <Listing<Account>
          key={made}
          caption="Accounts"
          path="/accounts"
          columns={columns}
          keyOf={({ name }) => name}
          empty="none yet; people make their own at /chat and /match, or you create one here"
        />
      </section>
    </>
  );
}

function columns(reload: () => void): readonly Column<Account>[] {
  return [
    { title: "Name", cell: ({ name }) => name },
    { title: "Status", cell: ({ status }) => status },
    { title: "Since", cell: ({ createdAt }) => (createdAt === undefined ? "–" : <Time at={createdAt} />) },
    { title: "Act", cell: (account) => <AccountActs account={account} reload={reload} /> },
  ];
}

interface AccountActsParts {
  readonly account: Account;
  readonly reload: () => void;
}

function AccountActs({ account: { name, status }, reload }: AccountActsParts) {
  const path = pathTo("accounts", name);
  return (
    <div class="row">
      {status === "active" ? (
        <Act
          name="Disable"
          role="admin"
          isDangerous
          warning={`Nobody can log in as ${name} until the account is enabled again.`}
          act={() => ask("POST", `${path}/disable`)}
          done={reload}
        />
      ) : (
        <Act name="Enable" role="admin" act={() => ask("POST", `${path}/enable`)} done={reload} />
      )}
      <Act
        name="Reset password"
        role="admin"
        fields={<TextField name="password" label={`New password of ${name}`} type="password" />}
        act={({ password }) => ask("POST", `${path}/reset`, { body: { password } })}
        done={reload}
      />
    </div>
  );
}
