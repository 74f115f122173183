// From a JSON schema to the fields of a form, and from what is typed into them to the value that the schema asks for.

export type Field =
  | TypedField
  | { readonly kind: "switch"; readonly about: About }
  | { readonly kind: "choice"; readonly choices: readonly unknown[]; readonly about: About }
  | { readonly kind: "object"; readonly members: readonly Member[]; readonly about: About }
  | { readonly kind: "list"; readonly item: Field; readonly about: About };

/** One whose value is typed as text. */
export interface TypedField {
  readonly kind: "text" | "number" | "integer" | "json";
  readonly about: About;
}

export interface Member {
  readonly name: string;
  readonly field: Field;
  readonly isRequired: boolean;
}

/** What the schema says of the value besides its kind. */
export interface About {
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly examples?: readonly unknown[];
}

/** What is in the fields: texts as typed, a choice by its index. Undefined: not given. */
export type Draft = string | boolean | undefined | readonly Draft[] | { readonly [name: string]: Draft };

interface Schema extends About {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: object;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

const SIMPLE = { string: "text", number: "number", integer: "integer", boolean: "switch" } as const;

/** What no field is for is typed as JSON. */
export function fieldOf(schema: object): Field {
  const about: Schema = schema;
  const choices = choicesOf(about);
  if (choices !== undefined) return { kind: "choice", choices, about };
  const { type = "", properties, patternProperties, required = [], items } = about;
  if (type === "object" && properties !== undefined && patternProperties === undefined) {
    const members = Object.entries(properties).map(([name, member]) => ({
      name,
      field: fieldOf(member),
      isRequired: required.includes(name),
    }));
    return { kind: "object", members, about };
  }
  if (type === "array" && items !== undefined && !Array.isArray(items)) {
    return { kind: "list", item: fieldOf(items), about };
  }
  return { kind: type in SIMPLE ? SIMPLE[type as keyof typeof SIMPLE] : "json", about };
}

/** What the fields hold at first: what has to be there, with the schema's example where it has one. */
export function firstDraft(field: Field): Draft {
  const example = field.about.examples?.[0];
  switch (field.kind) {
    case "object":
      return Object.fromEntries(
        field.members.map(({ name, field: member, isRequired }) => [name, isRequired ? firstDraft(member) : undefined]),
      );
    case "list":
      return [];
    case "switch":
      return example === true;
    case "choice":
      return "0";
    case "json":
      return example === undefined ? "null" : JSON.stringify(example);
    default:
      return example === undefined ? "" : String(example);
  }
}

/** The value; throws an `Error` that names the field where what is typed is none. */
export function valueOf(field: Field, draft: Draft, name = "input"): unknown {
  switch (field.kind) {
    case "object":
      return objectOf(field.members, isObject(draft) ? draft : {}, name);
    case "list":
      return (Array.isArray(draft) ? (draft as Draft[]) : []).map((item, index) =>
        valueOf(field.item, item, `${name}[${index}]`),
      );
    case "switch":
      return draft === true;
    case "choice":
      return field.choices[Number(draft)];
    case "text":
      return String(draft ?? "");
    case "json":
      return jsonOf(String(draft ?? ""), name);
    default:
      return numberOf(String(draft ?? ""), field.kind, name);
  }
}

function objectOf(members: readonly Member[], draft: { readonly [name: string]: Draft }, path: string): object {
  const given = members.filter(({ name, isRequired }) => isRequired || draft[name] !== undefined);
  return Object.fromEntries(given.map(({ name, field }) => [name, valueOf(field, draft[name], `${path}.${name}`)]));
}

function numberOf(text: string, kind: "number" | "integer", name: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const fits = kind === "integer" ? Number.isInteger(value) : Number.isFinite(value);
  if (!fits) throw new Error(`Cannot read "${name}": it is no ${kind}`);
  return value;
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`Cannot read "${name}": it is no JSON`, { cause });
  }
}

function choicesOf({ const: only, enum: words, anyOf }: Schema): readonly unknown[] | undefined {
  if (only !== undefined) return [only];
  if (words !== undefined) return words;
  return anyOf?.every((one) => one.const !== undefined) === true ? anyOf.map((one) => one.const) : undefined;
}

function isObject(draft: Draft): draft is { readonly [name: string]: Draft } {
  return typeof draft === "object" && !Array.isArray(draft);
}
