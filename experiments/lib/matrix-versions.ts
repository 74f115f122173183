// Which versions of the implementations are compared, as they say themselves.

import type { Environment } from "./environment.ts";
import { findTool } from "./implementations.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";

/** Those whose tools are not there have none. */
export function versionsOf(
  names: readonly MatrixImplementation[],
  { commit, bun }: Environment,
): Readonly<Partial<Record<MatrixImplementation, string>>> {
  const own = { correio: `commit ${commit} on Bun ${bun}`, raw: `Bun ${bun}` };
  const told = { go: toldBy(["go", "version"]), python: toldBy(["python3", "--version"]) };
  const entries = Object.entries({ ...own, ...told });
  return Object.fromEntries(
    entries.filter(([name, version]) => version !== undefined && names.some((wanted) => wanted === name)),
  );
}

function toldBy([tool = "", ...words]: readonly string[]): string | undefined {
  const path = findTool(tool, Bun.env.PATH);
  return (
    path &&
    Bun.spawnSync([path, ...words])
      .stdout.toString()
      .trim()
  );
}
