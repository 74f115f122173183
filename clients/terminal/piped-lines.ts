// Lines from a pipe or a file, one after the other: the next is taken when the one before it has been dealt with.
import { LineSplitter } from "../links/line-splitter.ts";

/** Settles at the end of the input, or when it fails, which is its end too. */
export async function readLines(
  input: AsyncIterable<Uint8Array | string>,
  take: (line: string) => void | Promise<void>,
): Promise<void> {
  const splitter = new LineSplitter();
  try {
    for await (const chunk of input) {
      for (const line of splitter.lines(typeof chunk === "string" ? Buffer.from(chunk) : chunk)) await take(line);
    }
  } catch {
    return;
  }
  const last = splitter.rest();
  if (last !== "") await take(last);
}
