// An actor's state as JSON, and the dialog in which an admin changes it: only if nobody has meanwhile.

import type { ActorDetailView } from "#runtime/observe/view.ts";

import { type Answer, ask } from "../../lib/api.ts";
import { Act } from "../act.tsx";

export interface ActorStateParts {
  readonly actor: ActorDetailView;
  readonly etag: string | undefined;
  readonly path: string;
  readonly reload: () => void;
}

export function ActorState({ actor, etag, path, reload }: ActorStateParts) {
  const text = actor.state === undefined ? undefined : JSON.stringify(actor.state, null, 2);
  return (
    <section class="panel" aria-labelledby="state">
      <h2 id="state">State</h2>
      {text === undefined ? (
        <p class="muted">Nothing to show: it is neither in memory nor stored, is no JSON, or holds secrets.</p>
      ) : (
        <>
          <pre tabIndex={0} aria-label="State as JSON">
            {text}
          </pre>
          {etag !== undefined && (
            <div class="row">
              <Act
                name="Edit state"
                role="admin"
                warning="It replaces what is stored. If the actor has changed since this was read, nothing is done."
                fields={<StateField text={text} />}
                act={({ state }) => putState(path, state ?? "", etag)}
                done={reload}
              />
            </div>
          )}
        </>
      )}
    </section>
  );
}

function StateField({ text }: { readonly text: string }) {
  return (
    <label>
      State as JSON
      <textarea class="mono" name="state" rows={12} spellcheck={false} defaultValue={text} />
    </label>
  );
}

async function putState(path: string, text: string, etag: string): Promise<Answer<unknown>> {
  try {
    return await ask("PUT", `${path}/_state`, { body: { state: JSON.parse(text) }, etag });
  } catch (error) {
    return { ok: false, problem: { status: 0, title: "This is no JSON", detail: String(error) } };
  }
}
