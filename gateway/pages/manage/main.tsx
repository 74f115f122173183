// The management page: what this node does, and what an operator may do about it.

import { Layout } from "../lib/layout.tsx";
import { startPage } from "../lib/start-page.tsx";
import { ThemeSwitch } from "../lib/theme-switch.tsx";
import { feed, serverId } from "./live.ts";

function Page() {
  return (
    <Layout title="Correio" skipText="Skip to content" controls={<ThemeSwitch toDark="Dark" toLight="Light" />}>
      <h1>Overview</h1>
      <p role="status">{feed.state.value === "open" ? `Connected to ${serverId.value}` : "No connection"}</p>
    </Layout>
  );
}

startPage(<Page />);
