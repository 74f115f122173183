// Pages of plots: nothing is fetched, and what is in them cannot end the script it stands in.
import { expect, test } from "bun:test";

import { describeEnvironment } from "./environment.ts";
import { renderPlotPage } from "./plot-page.ts";

test.each(["clock-page", "recording-page", "tcp-udp-page"])("%s is one page that fetches nothing", async (name) => {
  const page = await renderPlotPage({
    title: "a < b",
    heading: "a & b",
    environment: { ...describeEnvironment(), command: "bun </script>" },
    about: "as it is",
    figures: "1 < 2",
    name,
    data: [{ title: "</script><script>alert(1)</script>" }],
  });
  expect(page.match(/<(?:script|link|img)[^>]*(?:src|href)="(?!data:)[^"]*"/g)).toBeNull();
  expect(page).toContain("default-src 'none'");
  expect(page.split("</script>")).toHaveLength(5);
  expect(page).toContain("bun &lt;/script>");
  expect(page).toContain("<title>a &lt; b</title>");
  expect(page).toContain("1 &lt; 2");
});
