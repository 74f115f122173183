// The process as a whole: what it is, its ledger to download, and its orderly end.

import { ask } from "../../lib/api.ts";
import { Act, TextField } from "../act.tsx";
import { Answered } from "../answered.tsx";
import { Facts } from "../facts.tsx";
import { RoleNote } from "../role-note.tsx";
import { useAnswer } from "../use-answer.ts";

const DRAIN_WARNING =
  "The server takes no more connections, answers what it has accepted, and ends. It does not come back by itself.";

export function System() {
  const { answer, reload } = useAnswer<Readonly<Record<string, unknown>>>("/system");
  return (
    <>
      <h1>System</h1>
      <RoleNote role="admin" />
      <section class="panel" aria-label="Acts">
        <div class="row">
          <button type="button" onClick={reload}>
            Refresh
          </button>
          <a class="button" href="/ledger" download>
            Download the ledger (CSV)
          </a>
          <Act
            name="Drain"
            role="admin"
            isDangerous
            warning={DRAIN_WARNING}
            fields={<TextField name="reason" label="Reason" hint="Kept in the audit" />}
            act={({ reason }) => ask("POST", "/system/drain", { body: { reason } })}
          />
        </div>
      </section>
      <section class="panel" aria-label="Facts">
        <Answered answer={answer}>{(facts) => <Facts facts={facts} />}</Answered>
      </section>
    </>
  );
}
