// The experiment on TCP under loss runs with a few messages, and every message comes back.
import { expect, test } from "bun:test";

import { whyNoLossyLink } from "./lib/lossy-link.ts";
import { renderLossyTcp, runLossyTcp } from "./lossy-tcp.ts";

test("every message is answered, through the relay and, where that is possible, the kernel's own link", async () => {
  const rows = await runLossyTcp([0], 5);
  const networks = whyNoLossyLink() === undefined ? ["kernel", "relay"] : ["relay"];
  expect(rows.map(({ network, manner }) => `${network} ${manner}`)).toEqual(
    ["alone", "paced"].flatMap((manner) => networks.map((network) => `${network} ${manner}`)),
  );
  for (const { tookMs } of rows) expect(tookMs).toHaveLength(5);
});

test("what it says has a row for each run", () => {
  const rows = [
    { network: "kernel", manner: "alone", loss: 0.05, tookMs: [1, 2, 3] },
    { network: "relay", manner: "paced", loss: 0.05, tookMs: [1, 200, 3] },
  ] as const;
  expect(renderLossyTcp(rows)).toContain("kernel   alone      5 %     2.0");
  expect(renderLossyTcp(rows).split("\n")).toHaveLength(4);
});
