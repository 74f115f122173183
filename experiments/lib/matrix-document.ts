// A report as blocks, so that one text becomes Markdown and HTML: what stands in one stands in the other.

import { escapeHtml } from "./self-contained-page.ts";

export type Rows = readonly (readonly string[])[];

export type Block =
  | { readonly kind: "heading"; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  /** The first row is the heading. */
  | { readonly kind: "table"; readonly name: string; readonly rows: Rows }
  /** What few will read: folded in HTML, at the end in Markdown. */
  | { readonly kind: "details"; readonly title: string; readonly blocks: readonly Block[] };

export const heading = (text: string): Block => ({ kind: "heading", level: 2, text });
export const subheading = (text: string): Block => ({ kind: "heading", level: 3, text });
export const text = (words: string): Block => ({ kind: "text", text: words });
export const list = (items: readonly string[]): Block => ({ kind: "list", items });
export const table = (name: string, rows: Rows): Block => ({ kind: "table", name, rows });
export const details = (title: string, blocks: readonly Block[]): Block => ({ kind: "details", title, blocks });

export function renderMarkdown(title: string, blocks: readonly Block[]): string {
  const folded = blocks.filter((block) => block.kind === "details");
  const appendices = folded.flatMap((block) => [heading(`Appendix: ${block.title}`), ...block.blocks]);
  return `# ${markdownText(title)}\n\n${[...blocks, ...appendices].map(markdownOf).join("\n\n")}\n`;
}

export function renderHtml(blocks: readonly Block[]): string {
  return blocks.map(htmlOf).join("\n");
}

function markdownOf(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${markdownText(block.text)}`;
    case "text":
      return markdownText(block.text);
    case "list":
      return block.items.map((item) => `- ${markdownText(item)}`).join("\n");
    case "table":
      return `**${markdownText(block.name)}**\n\n${markdownTable(block.rows)}`;
    case "details":
      return markdownText(`${block.title}: in the appendix.`);
  }
}

function markdownTable(rows: Rows): string {
  const [first = [], ...rest] = rows;
  const rule = first.map((_, column) => (isNumeric(rows, column) ? "--:" : "---"));
  return [markdownRow(first), `| ${rule.join(" | ")} |`, ...rest.map(markdownRow)].join("\n");
}

const markdownRow = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(" | ")} |`;

const markdownText = (words: string): string => words.replaceAll(/\s+/g, " ").replaceAll(/[\\|<*`]/g, String.raw`\$&`);

function htmlOf(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h${block.level}>${escapeHtml(block.text)}</h${block.level}>`;
    case "text":
      return `<p>${escapeHtml(block.text)}</p>`;
    case "list":
      return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
    case "table":
      return htmlTable(block.name, block.rows);
    case "details":
      return `<details><summary>${escapeHtml(block.title)}</summary>\n${renderHtml(block.blocks)}\n</details>`;
  }
}

/** Wide tables scroll by themselves, also with the keyboard. */
function htmlTable(name: string, rows: Rows): string {
  const [first = [], ...rest] = rows;
  const numeric = first.map((_, column) => isNumeric(rows, column));
  const cellOf = (element: string, cell: string, column: number): string =>
    `<${element}${numeric[column] === true ? ' class="number"' : ""}>${escapeHtml(cell)}`;
  const line = (element: string, cells: readonly string[]): string =>
    `<tr>${cells.map((cell, column) => cellOf(element, cell, column)).join("")}`;
  return [
    `<div class="table" role="region" aria-label="${escapeHtml(name)}" tabindex="0"><table>`,
    `<caption>${escapeHtml(name)}</caption>`,
    `<thead>${line("th", first)}</thead>`,
    `<tbody>`,
    ...rest.map((cells) => line("td", cells)),
    `</tbody></table></div>`,
  ].join("\n");
}

/** Every cell begins with a digit or a sign, or has nothing to say. */
function isNumeric(rows: Rows, column: number): boolean {
  return rows.slice(1).every((cells) => /^[-+−–<\d]|^$/.test(cells[column] ?? ""));
}
