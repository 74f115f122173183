// The match page: for players and talkers, in their language.

import { Layout } from "../lib/layout.tsx";
import { startPage } from "../lib/start-page.tsx";
import { ThemeSwitch } from "../lib/theme-switch.tsx";

startPage(
  <Layout title="Correio" skipText="Pular para o conteúdo" controls={<ThemeSwitch toDark="Escuro" toLight="Claro" />}>
    <h1>Partida</h1>
  </Layout>,
);
