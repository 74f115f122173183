// Which versions of the implementations are compared, as they say themselves.

import packageFile from "../../package.json" with { type: "json" };
import { findTool } from "./implementations.ts";
import type { MatrixImplementation } from "./matrix-plan.ts";

/** Those whose tools are not there have none. */
export function versionsOf(
  names: readonly MatrixImplementation[],
  searchPath = Bun.env.PATH,
): Readonly<Partial<Record<MatrixImplementation, string>>> {
  const own = { correio: `${packageFile.version} on Bun ${Bun.version}`, raw: `Bun ${Bun.version}` };
  const told = { go: toldBy(["go", "version"], searchPath), python: toldBy(["python3", "--version"], searchPath) };
  const entries = Object.entries({ ...own, ...told });
  return Object.fromEntries(
    entries.filter(([name, version]) => version !== undefined && names.some((wanted) => wanted === name)),
  );
}

function toldBy([tool = "", ...words]: readonly string[], searchPath: string | undefined): string | undefined {
  const path = findTool(tool, searchPath);
  return (
    path &&
    Bun.spawnSync([path, ...words])
      .stdout.toString()
      .trim()
  );
}
