// What surrounds the pages for people, in Portuguese: the header with the ways to the other pages, and the theme.

import type { ComponentChildren } from "preact";

import { Layout } from "./layout.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

const PAGES = [
  ["/chat", "Conversa"],
  ["/match", "Partida"],
] as const;

export interface PeoplePageParts {
  /** Its address. */
  readonly page: (typeof PAGES)[number][0];
  readonly children: ComponentChildren;
}

export function PeoplePage({ page, children }: PeoplePageParts) {
  const links = PAGES.map(([path, name]) => (
    <a key={path} class="button quiet small" href={path} aria-current={path === page ? "page" : undefined}>
      {name}
    </a>
  ));
  const controls = (
    <>
      <nav class="controls" aria-label="Páginas">
        {links}
      </nav>
      <ThemeSwitch toDark="Escuro" toLight="Claro" />
    </>
  );
  return (
    <Layout title="Correio" skipText="Pular para o conteúdo" controls={controls}>
      {children}
    </Layout>
  );
}
