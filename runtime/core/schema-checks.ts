// Inputs and answers against their schemas: compiled when first needed, kept as long as the schema.
import type { TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";

export class SchemaChecks {
  readonly #compiled = new WeakMap<TSchema, TypeCheck<TSchema>>();

  /** Where a value does not fit and why, to follow a text; undefined when it fits. */
  problem(schema: TSchema, value: unknown): string | undefined {
    const check = this.#compiled.get(schema) ?? this.#compile(schema);
    if (check.Check(value)) return undefined;
    const first = check.Errors(value).First();
    return first === undefined ? "" : ` at "${first.path || "/"}": ${first.message}`;
  }

  /** What is wrong with what a method is called with: one without a schema takes nothing. */
  inputProblem({ in: schema }: { readonly in?: TSchema }, input: unknown): string | undefined {
    if (schema === undefined) return input === undefined ? undefined : "it takes no input";
    const problem = this.problem(schema, input);
    return problem === undefined ? undefined : `its input does not fit${problem}`;
  }

  #compile(schema: TSchema): TypeCheck<TSchema> {
    const check = TypeCompiler.Compile(schema);
    this.#compiled.set(schema, check);
    return check;
  }
}
