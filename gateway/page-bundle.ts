// One page of gateway/pages as a browser is to have it: bundled by Bun in this process, its files compressed and named
// by their content.

import { fileURLToPath } from "node:url";

const ENCODINGS = ["zstd", "gzip"] as const;

/** Higher ones take the first visitor's time for a few hundred bytes. */
const ZSTD_LEVEL = 12;

export type PageEncoding = (typeof ENCODINGS)[number];

export interface PageFile {
  readonly mediaType: string;
  /** Of the content, whatever its encoding. */
  readonly tag: string;
  /** The most wanted first. */
  readonly encoded: ReadonlyMap<PageEncoding | "identity", Uint8Array<ArrayBuffer>>;
}

export interface PageBundle {
  readonly document: PageFile;
  /** By name, as the document asks for them under `PAGE_FILES_PATH`. */
  readonly files: ReadonlyMap<string, PageFile>;
}

export const PAGE_FILES_PATH = "/pages/";

/** Fails where the page's source does, with what Bun says of it. */
export async function bundlePage(name: string): Promise<PageBundle> {
  const { outputs } = await Bun.build({
    entrypoints: [fileURLToPath(import.meta.resolve(`./pages/${name}/index.html`))],
    target: "browser",
    minify: true,
    sourcemap: "none",
    env: "disable",
    define: { "process.env.NODE_ENV": '"production"' },
    publicPath: PAGE_FILES_PATH,
    naming: { entry: "[name].[ext]", chunk: `${name}-[hash].[ext]`, asset: `${name}-[hash].[ext]` },
  });
  const files = new Map<string, PageFile>();
  for (const output of outputs) files.set(output.path.replace("./", ""), await toPageFile(output));
  const document = files.get("index.html");
  if (document === undefined) throw new Error(`Cannot bundle the page "${name}": no document came of it`);
  files.delete("index.html");
  return { document, files };
}

async function toPageFile(output: Bun.BuildArtifact): Promise<PageFile> {
  const bytes = new Uint8Array(await output.arrayBuffer());
  const zstd = new Uint8Array(await Bun.zstdCompress(bytes, { level: ZSTD_LEVEL }));
  return {
    mediaType: output.type,
    tag: Bun.hash(bytes).toString(36),
    encoded: new Map([
      ["zstd", zstd],
      ["gzip", Bun.gzipSync(bytes, { level: 9 })],
      ["identity", bytes],
    ] as const),
  };
}
