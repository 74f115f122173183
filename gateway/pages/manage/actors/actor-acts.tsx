// What an operator may do to an actor.

import type { ActorStatusView } from "#runtime/observe/view.ts";

import { ask } from "../../lib/api.ts";
import { Act, TextField } from "../act.tsx";

export interface ActorActsParts {
  readonly status: ActorStatusView;
  readonly path: string;
  readonly reload: () => void;
}

export function ActorActs({ status, path, reload }: ActorActsParts) {
  const isShut = status === "quarantined";
  const post = (name: string, body?: unknown) => () => ask("POST", `${path}/${name}`, { body });
  return (
    <div class="row">
      <button type="button" onClick={reload}>
        Refresh
      </button>
      {!isShut && (
        <>
          <Act name="Hibernate" role="operator" act={post("_hibernate")} done={reload} />
          <Act
            name="Stop"
            role="operator"
            isDangerous
            warning="It leaves memory after the turn that runs, and its watchers are told. What is stored stays."
            act={post("_stop")}
            done={reload}
          />
          <Act
            name="Quarantine"
            role="operator"
            isDangerous
            warning="What waits becomes dead letters, and nothing is let in until it is released."
            fields={<TextField name="reason" label="Reason" hint="Shown to whoever looks at the actor" />}
            act={({ reason }) => ask("POST", `${path}/_quarantine`, { body: { reason } })}
            done={reload}
          />
        </>
      )}
      {isShut && <Act name="Release" role="operator" act={post("_release")} done={reload} />}
    </div>
  );
}
