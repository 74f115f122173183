// For tests: what an answer is, in a few words.

import { expect } from "bun:test";

/** Of a problem, which must be one by its media type. */
export async function codeOf(response: Response): Promise<readonly [status: number, code: string]> {
  const { status, code } = (await response.json()) as { status: number; code: string };
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.status).toBe(status);
  return [status, code];
}
