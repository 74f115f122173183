// The report of the matrix: sections that follow from its data alone, so that the same data give the same bytes.

import type { MatrixAnalysis } from "./matrix-analysis.ts";
import { conclusionsSection, headlineOf } from "./matrix-conclusions.ts";
import { costsSection } from "./matrix-costs.ts";
import { differencesSection } from "./matrix-differences.ts";
import { type Block, renderMarkdown, text } from "./matrix-document.ts";
import { failuresSection } from "./matrix-failures.ts";
import { generalSection } from "./matrix-general.ts";
import { levelsSection } from "./matrix-levels.ts";
import { settingSection } from "./matrix-setting.ts";
import { winnersSection } from "./matrix-winners.ts";

export function renderMatrixReport(analysis: MatrixAnalysis): string {
  return renderMarkdown("Servers, clients and messages: Correio beside others", [
    text(headlineOf(analysis).join(" ")),
    ...matrixSections(analysis),
  ]);
}

export function matrixSections(analysis: MatrixAnalysis): readonly Block[] {
  return [
    settingSection,
    levelsSection,
    generalSection,
    winnersSection,
    differencesSection,
    costsSection,
    failuresSection,
    conclusionsSection,
  ].flatMap((section) => section(analysis));
}
