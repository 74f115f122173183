// Why a connection failed, as a person is told.
import { codeOf } from "#runtime/base/code-of.ts";

/** Its code, which is short and can be looked up; its message where it has none. */
export function errorText(thrown: unknown): string {
  return codeOf(thrown) || (thrown instanceof Error ? thrown.message : String(thrown));
}
