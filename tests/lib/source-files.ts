// The project's own TypeScript files, the pages' included, as text, for the tests that check the project itself.
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";

export const projectFolder = join(import.meta.dir, "../..");
export const topFolders: readonly string[] = ["runtime", "actors", "gateway", "experiments", "clients", "tests"];

export interface SourceFile {
  /** From the project's folder, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments blanked: same lines, same columns. */
  readonly code: string;
  /** The code with what stands in strings blanked too. */
  readonly bare: string;
}

export interface Import {
  /** As written. */
  readonly name: string;
  /** A path of the project, or the name of a package. */
  readonly target: string;
  readonly line: number;
}

const COMMENT_OR_STRING = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g;
/** Also types: `import("./x.ts").X`. Text of another program in a template is not at the start of a line here. */
const IMPORT = /^(?:import|export)\s(?:[^;"'`]*?\sfrom\s)?\s*"(?<from>[^"\n]+)"|\bimport\(\s*"(?<dynamic>[^"\n]+)"/gm;

export function readProject(): readonly SourceFile[] {
  const paths = topFolders.flatMap((folder) => [...new Bun.Glob(`${folder}/**/*.{ts,tsx}`).scanSync(projectFolder)]);
  return paths.sort().map((path) => sourceFile(path, readFileSync(join(projectFolder, path), "utf8")));
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = text.replace(COMMENT_OR_STRING, (match) => (match.startsWith("/") ? blank(match) : match));
  const bare = code.replace(COMMENT_OR_STRING, (match) => match[0] + blank(match.slice(1, -1)) + match[0]);
  return { path, text, code, bare };
}

export function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

/** Files that exist for tests alone: `test-browser.ts`, `stand-in.ts`, `testing/fake-clock.ts`. */
export function isTestAid(path: string): boolean {
  return /(?:^|\/)(?:test-|stand-in)[^/]*$|\/testing\/|^tests\//.test(path) && !isTest(path);
}

/** Every import and re-export of the file, types included. */
export function importsOf(file: SourceFile): readonly Import[] {
  const found = [...file.code.matchAll(IMPORT)].filter((match) => file.bare[match.index] !== " ");
  return found.map((match) => {
    const name = match.groups?.["from"] ?? match.groups?.["dynamic"] ?? "";
    return { name, target: targetOf(name, file.path), line: lineAt(file.code, match.index) };
  });
}

/** Where the pattern is found, as `path:line: what`. */
export function findings(file: SourceFile, text: string, pattern: RegExp, what: string): readonly string[] {
  return [...text.matchAll(pattern)].map(
    (match) => `${file.path}:${lineAt(text, match.index)}: ${what} (${match[0].trim()})`,
  );
}

function targetOf(name: string, importer: string): string {
  if (name.startsWith("#")) return name.slice(1);
  return name.startsWith(".") ? posix.join(posix.dirname(importer), name) : name;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
