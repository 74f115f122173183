// A button for a change: disabled with its reason where the role does not do, with a dialog where it asks for more.

import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

import type { Answer, Problem } from "../lib/api.ts";
import { Dialog } from "../lib/dialog.tsx";
import { type Role, whyNot } from "./access.ts";
import { Refusal } from "./answered.tsx";

export interface ActParts {
  readonly name: string;
  /** The role that it takes. */
  readonly role: Role;
  readonly isDangerous?: boolean;
  /** What is said before it is done; with it, or with fields, a dialog asks first. */
  readonly warning?: string;
  /** Fields of the dialog; what is in them is given to `act` by name. */
  readonly fields?: ComponentChildren;
  readonly act: (fields: Readonly<Record<string, string>>) => Promise<Answer<unknown>>;
  /** After it has gone well. */
  readonly done?: () => void;
}

export function Act(parts: ActParts) {
  const { name, role, isDangerous = false, warning, fields } = parts;
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const reason = whyNot(role);
  const reasonId = useId();
  const asks = warning !== undefined || fields !== undefined;
  const run = async (given: Readonly<Record<string, string>>): Promise<void> => {
    const answer = await parts.act(given);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    setAsking(false);
    parts.done?.();
  };
  return (
    <>
      <button
        type="button"
        class={isDangerous ? "danger" : undefined}
        disabled={reason !== undefined}
        title={reason}
        aria-describedby={reason === undefined ? undefined : reasonId}
        onClick={() => (asks ? setAsking(true) : void run({}))}
      >
        {name}
      </button>
      {reason !== undefined && (
        <span class="hidden-text" id={reasonId}>
          {reason}
        </span>
      )}
      {!isAsking && <Refusal problem={problem} />}
      {asks && (
        <Dialog title={name} isOpen={isAsking} onClose={() => setAsking(false)}>
          <form onSubmit={(event) => void run(fieldsOf(event))}>
            {warning !== undefined && <p>{warning}</p>}
            {fields}
            <Refusal problem={problem} />
            <div class="row">
              <button class={isDangerous ? "danger" : "primary"}>{name}</button>
              <button type="button" onClick={() => setAsking(false)}>
                Cancel
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}

export interface TextFieldParts {
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "password" | "number" | "search";
  readonly isOptional?: boolean;
  readonly hint?: string;
  readonly start?: string;
}

/** A field of a dialog or a filter. */
export function TextField({ name, label, type = "text", isOptional = false, hint, start = "" }: TextFieldParts) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...({ type } as object)}
        id={id}
        name={name}
        required={!isOptional}
        autocomplete={type === "password" ? "new-password" : "off"}
        defaultValue={start}
        step={type === "number" ? "any" : undefined}
      />
      {hint !== undefined && <span class="hint">{hint}</span>}
    </div>
  );
}

export interface ChoiceParts {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly string[];
  readonly start?: string;
  /** What the empty choice says, where there is one. */
  readonly none?: string;
}

export function Choice({ name, label, choices, start = "", none }: ChoiceParts) {
  return (
    <label>
      {label}
      <select name={name}>
        {none !== undefined && <option value="">{none}</option>}
        {choices.map((choice) => (
          <option key={choice} value={choice} selected={choice === start}>
            {choice}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What a form's fields hold, by name; the page stays where it is. */
export function fieldsOf(event: Event): Readonly<Record<string, string>> {
  event.preventDefault();
  const form = new FormData(event.currentTarget as HTMLFormElement);
  return Object.fromEntries([...form].map(([name, value]) => [name, String(value)]));
}
