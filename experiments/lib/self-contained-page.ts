// The skeleton of a page that fetches nothing: styles, scripts and data stand in it, and no other script may run.

/** Whatever it is asked to load, a browser refuses; of scripts, it runs those that have one of these sums. */
const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'unsafe-inline'";

export interface SelfContainedPage {
  readonly title: string;
  /** HTML that is whole and escaped. */
  readonly body: string;
  readonly stylePaths: readonly string[];
  /** A plain script, that the modules find their library from. */
  readonly libraryPath: string;
  /** They find this as `DATA`. */
  readonly data: unknown;
  /** In the order in which they run, behind the body. */
  readonly modulePaths: readonly string[];
}

export async function renderSelfContainedPage(page: SelfContainedPage): Promise<string> {
  const { title, body, stylePaths, libraryPath, data, modulePaths } = page;
  const [styles, library, modules] = await Promise.all([
    Promise.all(stylePaths.map(textOf)),
    textOf(libraryPath),
    Promise.all(modulePaths.map(textOf)),
  ]);
  const plain = [library, `const DATA = ${JSON.stringify(data)};`].map(inScript);
  const later = modules.map(inScript);
  const sums = [...plain, ...later].map((script) => `'sha256-${sumOf(script)}'`).join(" ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${POLICY}; script-src ${sums}">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
${styles.map((style) => `<style>${style}</style>`).join("\n")}
</head>
<body>
${body}
${plain.map((script) => `<script>${script}</script>`).join("\n")}
${later.map((script) => `<script type="module">${script}</script>`).join("\n")}
</body>
</html>
`;
}

/** For text and for attributes in double quotes. */
export function escapeHtml(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

const textOf = (path: string): Promise<string> => Bun.file(path).text();

/** In a script element nothing may look like its end, or like the beginning of a comment that hides the end. */
const inScript = (text: string): string =>
  text.replaceAll(/<(?=\/script|script|!--)/gi, String.raw`\x3c`).replaceAll("\r\n", "\n");

const sumOf = (script: string): string => new Bun.CryptoHasher("sha256").update(script).digest("base64");
