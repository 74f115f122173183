// An actor's methods: each is called through a form that is made from its schema, and its answer is shown.

import { useState } from "preact/hooks";

import type { MethodView } from "#runtime/observe/view.ts";

import { type Answer, ask, pathTo } from "../../lib/api.ts";
import { whyNot } from "../access.ts";
import { Refusal } from "../answered.tsx";
import { fieldOf, firstDraft, valueOf } from "./schema-field.ts";
import { SchemaInput } from "./schema-input.tsx";

export interface MethodsParts {
  readonly methods: readonly MethodView[];
  /** Of the actor. */
  readonly path: string;
  /** After each call, whatever came of it. */
  readonly called: () => void;
}

export function Methods({ methods, path, called }: MethodsParts) {
  return (
    <section class="panel" aria-labelledby="methods">
      <h2 id="methods">Methods</h2>
      {methods.length === 0 && <p class="muted">This type has none.</p>}
      {methods.map((method) => (
        <details key={method.name} class="method">
          <summary>
            <code>{method.name}</code> <span class="muted">{method.kind === "read" ? "only looks" : "may change"}</span>
          </summary>
          <MethodForm method={method} path={path} called={called} />
        </details>
      ))}
    </section>
  );
}

interface MethodFormParts {
  readonly method: MethodView;
  readonly path: string;
  readonly called: () => void;
}

function MethodForm({ method: { name, kind, in: input }, path, called }: MethodFormParts) {
  const field = input === undefined ? undefined : fieldOf(input);
  const [draft, setDraft] = useState(field === undefined ? undefined : firstDraft(field));
  const [answer, setAnswer] = useState<Answer<unknown>>();
  const reason = kind === "write" ? whyNot("operator") : undefined;
  const call = async (event: Event): Promise<void> => {
    event.preventDefault();
    const asked = path + pathTo(name);
    setAnswer(await asAnswer(() => ask("POST", asked, field === undefined ? {} : { body: valueOf(field, draft) })));
    called();
  };
  return (
    <form onSubmit={(event) => void call(event)} aria-label={`Call ${name}`}>
      {field === undefined ? (
        <p class="muted">It takes nothing.</p>
      ) : (
        <SchemaInput label="input" field={field} draft={draft} change={setDraft} />
      )}
      <div class="row">
        <button class="primary" disabled={reason !== undefined}>
          Call {name}
        </button>
        {reason !== undefined && <span class="muted">{reason}</span>}
      </div>
      <div role="status">{answer?.ok === true && <Result value={answer.value} />}</div>
      <Refusal problem={answer?.ok === false ? answer.problem : undefined} />
    </form>
  );
}

function Result({ value }: { readonly value: unknown }) {
  if (value === undefined) return <p class="notice good">It has run; the method has no answer.</p>;
  return (
    <pre class="notice good" aria-label="Answer">
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}

/** What is typed and cannot be read is shown as what a server refuses is. */
async function asAnswer(asking: () => Promise<Answer<unknown>>): Promise<Answer<unknown>> {
  try {
    return await asking();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: { status: 0, title: "The form cannot be sent", detail } };
  }
}
