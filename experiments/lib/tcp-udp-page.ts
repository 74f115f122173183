// The comparison of TCP and UDP as one HTML page that fetches nothing: curves of latency, and delivery by loss.

import { renderPlotPage } from "./plot-page.ts";
import type { TcpUdpReport } from "./tcp-udp-plan.ts";
import { renderTcpUdp } from "./tcp-udp-report.ts";

const ABOUT = [
  "A curve says which share of all deliveries that there should have been had come within a time.",
  "It ends at the share that came at all.",
].join(" ");

export function renderPage(report: TcpUdpReport): Promise<string> {
  const points = report.rows.map(({ network, way, loss, arrived, expected, p99Ms, curve }) => ({
    network,
    way,
    loss,
    delivered: arrived / expected,
    p99Ms,
    curve,
  }));
  return renderPlotPage({
    title: "TCP and UDP under loss",
    heading: "The same chat over TCP and UDP, on a network that loses packets",
    environment: report.environment,
    about: ABOUT,
    figures: renderTcpUdp(report),
    name: "tcp-udp-page",
    data: points,
  });
}
