// The list of views: beside the content where there is room, behind a button where there is not.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { linkTo, route } from "./route.ts";
import { VIEW_GROUPS, viewOf } from "./views.tsx";

export function Navigation() {
  const isOpen = useSignal(false);
  // Who has chosen a view wants to see it.
  const current = viewOf(route.value);
  useEffect(() => void (isOpen.value = false), [route.value]);
  return (
    <nav aria-label="Views" class={isOpen.value ? "open" : undefined}>
      <button
        type="button"
        class="menu"
        aria-expanded={isOpen.value}
        aria-controls="views"
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        Menu: {current?.title ?? "Views"}
      </button>
      <div id="views">
        {VIEW_GROUPS.map(({ title, views }) => (
          <section key={title} aria-label={title}>
            <h2>{title}</h2>
            <ul>
              {views.map((view) => (
                <li key={view.name}>
                  <a
                    href={view.name === "" ? "#/" : linkTo(view.name)}
                    aria-current={view === current ? "page" : undefined}
                  >
                    {view.title}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
        <ul class="elsewhere">
          <li>
            <a href="/chat">Chat</a>
          </li>
          <li>
            <a href="/match">Play a match</a>
          </li>
          <li>
            <a href="/docs">API (Swagger)</a>
          </li>
        </ul>
      </div>
    </nav>
  );
}
