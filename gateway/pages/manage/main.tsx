// The management page: what this node does, and what an operator may do about it.

import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

import { Layout } from "../lib/layout.tsx";
import { startPage } from "../lib/start-page.tsx";
import { ThemeSwitch } from "../lib/theme-switch.tsx";
import { isIdentityKnown, signInByLink } from "./access.ts";
import { ConnectionNote } from "./connection-note.tsx";
import { serverId, startFeed } from "./live.ts";
import { Navigation } from "./navigation.tsx";
import { route } from "./route.ts";
import { SignInDialog, SignInState } from "./sign-in.tsx";
import { viewOf } from "./views.tsx";

const title = (): string =>
  [viewOf(route.value)?.title ?? "Not found", serverId.value, "Correio"].filter(Boolean).join(" · ");

function Page() {
  return (
    <Layout
      title="Correio"
      skipText="Skip to content"
      controls={
        <>
          <ThemeSwitch toDark="Dark" toLight="Light" />
          <SignInState />
        </>
      }
      navigation={<Navigation />}
    >
      <ConnectionNote />
      <Content />
      <SignInDialog />
    </Layout>
  );
}

function Content() {
  const parts = route.value;
  useFocusOnChange(parts);
  const view = viewOf(parts);
  if (!isIdentityKnown.value) return <p class="muted">Loading …</p>;
  if (view !== undefined) return <>{view.show(parts.slice(1))}</>;
  return (
    <>
      <h1>Not found</h1>
      <p>
        There is no such view. <a href="#/">To the overview</a>
      </p>
    </>
  );
}

/** Another view is read from its beginning; the first one leaves the focus where it is. */
function useFocusOnChange(parts: readonly string[]): void {
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) {
      document.getElementById("main")?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [parts]);
}

effect(() => void (document.title = title()));
startPage(<Page />);
await signInByLink();
startFeed();
