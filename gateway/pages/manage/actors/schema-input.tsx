// One field of a method's form, with the fields inside it.

import { useId } from "preact/hooks";

import { type Draft, type Field, firstDraft, type Member, type TypedField } from "./schema-field.ts";

export interface SchemaInputParts<Of extends Field = Field> {
  readonly label: string;
  readonly field: Of;
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
}

type FieldOf<Kind> = Extract<Field, { kind: Kind }>;

export function SchemaInput(parts: SchemaInputParts) {
  const { field } = parts;
  switch (field.kind) {
    case "object":
      return <ObjectInput {...parts} field={field} />;
    case "list":
      return <ListInput {...parts} field={field} />;
    case "choice":
      return <ChoiceInput {...parts} field={field} />;
    case "switch":
      return <SwitchInput {...parts} />;
    case "text":
    case "number":
    case "integer":
    case "json":
      return <TextInput {...parts} field={field} />;
  }
}

function ObjectInput({ label, field, draft, change }: SchemaInputParts<FieldOf<"object">>) {
  const values = (typeof draft === "object" ? draft : {}) as { readonly [name: string]: Draft };
  return (
    <fieldset>
      <legend>{label}</legend>
      {field.members.map((member) => (
        <MemberInput
          key={member.name}
          member={member}
          draft={values[member.name]}
          change={(value) => change({ ...values, [member.name]: value })}
        />
      ))}
    </fieldset>
  );
}

interface MemberParts {
  readonly member: Member;
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
}

/** What may be left out is there once it is ticked. */
function MemberInput({ member: { name, field, isRequired }, draft, change }: MemberParts) {
  if (isRequired) return <SchemaInput label={name} field={field} draft={draft} change={change} />;
  const isGiven = draft !== undefined;
  return (
    <div class="optional">
      <label class="tick">
        <input type="checkbox" checked={isGiven} onChange={() => change(isGiven ? undefined : firstDraft(field))} />
        Give {name}
      </label>
      {isGiven && <SchemaInput label={name} field={field} draft={draft} change={change} />}
    </div>
  );
}

function ListInput({ label, field, draft, change }: SchemaInputParts<FieldOf<"list">>) {
  const items = (Array.isArray(draft) ? draft : []) as readonly Draft[];
  return (
    <fieldset>
      <legend>{label}</legend>
      {items.map((item, place) => (
        <div class="item" key={place}>
          <SchemaInput
            label={`${label} ${place + 1}`}
            field={field.item}
            draft={item}
            change={(value) => change(items.with(place, value))}
          />
          <button type="button" onClick={() => change(items.toSpliced(place, 1))}>
            Remove {label} {place + 1}
          </button>
        </div>
      ))}
      <button type="button" onClick={() => change([...items, firstDraft(field.item)])}>
        Add to {label}
      </button>
    </fieldset>
  );
}

function ChoiceInput({ label, field, draft, change }: SchemaInputParts<FieldOf<"choice">>) {
  return (
    <label>
      {label}
      <select value={String(draft)} onChange={(event) => change(event.currentTarget.value)}>
        {field.choices.map((choice, index) => (
          <option key={index} value={String(index)}>
            {typeof choice === "string" ? choice : JSON.stringify(choice)}
          </option>
        ))}
      </select>
    </label>
  );
}

function SwitchInput({ label, draft, change }: SchemaInputParts) {
  return (
    <label class="tick">
      <input type="checkbox" checked={draft === true} onChange={(event) => change(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

function TextInput({ label, field, draft, change }: SchemaInputParts<TypedField>) {
  const id = useId();
  const { kind, about } = field;
  const isNumber = kind === "number" || kind === "integer";
  const { minimum, maximum, minLength, maxLength, description } = about;
  const hint = hintOf(kind, description);
  const describedBy = hint === "" ? undefined : `${id}-hint`;
  const common = { id, value: String(draft ?? ""), "aria-describedby": describedBy };
  const typed = (event: { readonly currentTarget: { readonly value: string } }) => change(event.currentTarget.value);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {kind === "json" ? (
        <textarea {...common} class="mono" spellcheck={false} onInput={typed} />
      ) : (
        <input
          {...common}
          {...({ type: isNumber ? "number" : "text" } as object)}
          step={kind === "integer" ? 1 : "any"}
          required={isNumber}
          min={minimum}
          max={maximum}
          minLength={minLength}
          maxLength={maxLength}
          onInput={typed}
        />
      )}
      {hint !== "" && (
        <span class="hint" id={describedBy}>
          {hint}
        </span>
      )}
    </div>
  );
}

function hintOf(kind: TypedField["kind"], description = ""): string {
  const what = { json: "as JSON", text: "", number: "a number", integer: "a whole number" }[kind];
  return [description, what].filter((part) => part !== "").join(": ");
}
