// The metrics as a scraper reads them: every line in the Prometheus text format, histograms that add up.
import { describe, expect, test } from "bun:test";

import { Type } from "@sinclair/typebox";

import { DURATION_BOUNDS_S } from "../base/duration-buckets.ts";
import { actor, type AnyActorType, session } from "../core/definition.ts";
import { topic } from "../core/topic.ts";
import { limits } from "../limits.ts";
import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import type { NetFigures } from "./figures.ts";
import { createMetrics } from "./metrics.ts";

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const VALUE = "[+-]?(?:\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|Inf|NaN)";
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)?\\})? (${VALUE})$`, "i");
const COMMENT = new RegExp(`^# (?:HELP (${NAME}) .+|TYPE (${NAME}) (counter|gauge|histogram))$`);

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

/** Throws on a line that a scraper could not read, or on a sample whose family was not announced. */
function parse(text: string): Sample[] {
  expect(text).toEndWith("\n");
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const comment = COMMENT.exec(line);
    if (comment?.[2] !== undefined) types.set(comment[2], comment[3] as string);
    if (comment !== null) continue;
    const sample = SAMPLE.exec(line);
    if (sample === null) throw new Error(`Cannot read the line ${line}`);
    const [, name = "", labels = "", value = ""] = sample;
    const family = types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, "");
    if (family !== name) expect(types.get(family)).toBe("histogram");
    expect(types.has(family)).toBe(true);
    samples.push({ name, labels, value: Number(value) });
  }
  return samples;
}

const Counter = actor("counter", { state: () => ({ count: 0 }) }).on(
  "add",
  {},
  (counter) => void counter.state.count++,
);
const Echo = session("echo-session", { state: () => ({}), message: (client, text: string) => client.send(text) });

const stats = {
  accepted: 3,
  bytesIn: 100,
  messagesIn: 7,
  messagesOut: 6,
  pauses: 1,
  refused: new Map([["net.too_many", 2]]),
  dialFailed: new Map(),
  ended: new Map([
    ["close", 1],
    ['odd "reason"\nwith a \\', 4],
  ]),
};
const net: NetFigures = {
  stats,
  connections: new Map(),
  connectionCount: () => 2,
  bytesOut: () => 2 ** 40,
  outboundBytes: () => 9,
};

const news = topic("news", Type.String())("all");
const Desk = actor("desk", { state: () => ({ notes: 0 }), durable: true, mailbox: { capacity: 1 } })
  .on("note", { in: Type.String() }, (desk, text) => {
    if (text === "") throw desk.refuse("desk.empty");
    desk.state.notes++;
    desk.alarm("tidy", { afterMs: 100, send: "tidy" });
    desk.publish(news, text);
  })
  .on("listen", {}, (desk) => desk.subscribe(news, "heard"))
  .on("heard", { in: Type.String() }, () => undefined)
  .on("tidy", {}, () => undefined)
  .on("crash", {}, () => {
    throw new Error("out of ink");
  });

function createNode(types: readonly AnyActorType[] = [Counter, Echo]) {
  const stepped = new SteppedSystem(types);
  const ledger = { lines: 5, failures: 1, lost: 0 };
  const memory = { hibernated: 8 };
  const metrics = createMetrics({ system: stepped.system, net, ledger, memory, processStartedAt: 1_752_846_296_406 });
  return { stepped, scrape: async () => parse(await metrics()) };
}

const valuesOf = (samples: readonly Sample[], name: string): Record<string, number> =>
  Object.fromEntries(samples.filter((sample) => sample.name === name).map(({ labels, value }) => [labels, value]));

const steady = (samples: readonly Sample[]): Sample[] => samples.filter(({ name }) => !name.startsWith("process_"));

describe("the metrics", () => {
  test("say what the sockets, the ledger and the process have done", async () => {
    const { scrape } = createNode();
    const samples = await scrape();
    expect(valuesOf(samples, "correio_connections")).toEqual({ "": 2 });
    expect(valuesOf(samples, "correio_bytes_total")).toEqual({ 'direction="in"': 100, 'direction="out"': 2 ** 40 });
    expect(valuesOf(samples, "correio_frames_total")).toEqual({ 'direction="in"': 7, 'direction="out"': 6 });
    expect(valuesOf(samples, "correio_connections_refused_total")).toEqual({ 'reason="net.too_many"': 2 });
    expect(valuesOf(samples, "correio_ledger_rows_total")).toEqual({ "": 5 });
    expect(valuesOf(samples, "process_start_time_seconds")).toEqual({ "": 1_752_846_296.406 });
  });

  test("escape a reason that holds quotes, backslashes and newlines", async () => {
    const ended = valuesOf(await createNode().scrape(), "correio_connections_ended_total");
    expect(ended).toEqual({ 'reason="close"': 1, 'reason="odd \\"reason\\"\\nwith a \\\\"': 4 });
  });

  test("are the same when they are read twice: reading adds nothing", async () => {
    const { scrape } = createNode();
    const [first, second] = [await scrape(), await scrape()];
    expect(steady(second)).toEqual(steady(first));
    expect(new Set(first.map(({ name, labels }) => `${name}{${labels}}`)).size).toBe(first.length);
  });

  test("count turns and messages waiting, by type", async () => {
    const { stepped, scrape } = createNode();
    const counter = stepped.system.ref(Counter, "a");
    await stepped.outcome(counter.add());
    counter.tell.add();
    const samples = await scrape();
    expect(valuesOf(samples, "correio_turns_total")['type="counter"']).toBe(1);
    expect(valuesOf(samples, "correio_mailbox_messages")['type="counter"']).toBe(1);
    expect(valuesOf(samples, "correio_actors")).toEqual({ 'type="counter"': 1, 'type="echo-session"': 0 });
  });

  test("have no durations of a type that has had no turn", async () => {
    const { stepped, scrape } = createNode();
    const counted = async () => valuesOf(await scrape(), "correio_turn_duration_seconds_count");
    expect(await counted()).toEqual({});
    await stepped.outcome(stepped.system.ref(Counter, "a").add());
    expect(await counted()).toEqual({ 'type="counter"': 1 });
  });

  test("tell what actors refused from what was not let in, by reason", async () => {
    const { stepped, scrape } = createNode([Desk]);
    const desk = stepped.ref(Desk, "a");
    await stepped.outcome(desk.note(""));
    await stepped.outcome(desk.note(7 as unknown as string));
    for (const _ of [1, 2, 3]) stepped.system.ref(Desk, "a").tell.tidy();
    const samples = await scrape();
    expect(valuesOf(samples, "correio_refusals_total")).toEqual({ 'type="desk",reason="desk.empty"': 1 });
    expect(valuesOf(samples, "correio_rejections_total")).toEqual({
      'type="desk",reason="actor.bad_input"': 1,
      'type="desk",reason="actor.mailbox_full"': 2,
    });
  });

  test("count who is in memory, who came and who left", async () => {
    const { stepped, scrape } = createNode([Desk]);
    for (const key of ["a", "b", "c"]) await stepped.outcome(stepped.ref(Desk, key).tidy());
    stepped.system.hosts[0]?.quarantine("c", "looked at");
    await stepped.advance(1_000);
    await stepped.outcome(stepped.ref(Desk, "a").tidy());
    await stepped.advance(limits.idleStopMs - 500);
    const samples = await scrape();
    const of = (name: string) => valuesOf(samples, name)['type="desk"'];
    expect(of("correio_actors")).toBe(1);
    expect(of("correio_idle_actors")).toBe(1);
    expect(of("correio_quarantined_keys")).toBe(1);
    expect(of("correio_activations_total")).toBe(3);
    expect(of("correio_hibernations_total")).toBe(2);
    expect(valuesOf(samples, "correio_memory_hibernations_total")).toEqual({ "": 8 });
  });

  test("count commits, alarms, publications and dead letters", async () => {
    const { stepped, scrape } = createNode([Desk]);
    for (const key of ["a", "b"]) await stepped.outcome(stepped.ref(Desk, key).listen());
    await stepped.outcome(stepped.ref(Desk, "a").note("hello"));
    await stepped.advance(200);
    stepped.system.ref(Desk, "b").tell.crash();
    await stepped.runAll();
    const samples = await scrape();
    expect(valuesOf(samples, "correio_publications_total")).toEqual({ "": 1 });
    expect(valuesOf(samples, "correio_notifications_total")).toEqual({ "": 2 });
    expect(valuesOf(samples, "correio_alarms_fired_total")).toEqual({ "": 1 });
    expect(valuesOf(samples, "correio_dead_letters_total")).toEqual({ 'type="desk"': 1 });
    expect(valuesOf(samples, "correio_commits_total")[""]).toBeGreaterThanOrEqual(3);
    expect(valuesOf(samples, "correio_commit_failures_total")).toEqual({ "": 0 });
  });

  test.each(["correio_turn_duration_seconds", "correio_request_duration_seconds"])(
    "%s is a histogram: buckets in order, cumulative, and the last is the count",
    async (name) => {
      const { stepped, scrape } = createNode();
      const connection = new ConnectionStandIn(stepped.system, Echo);
      connection.deliver("one", "two", "three");
      await stepped.clock.settle();
      stepped.system.hosts[1]?.stats.latencies.record(0.003);
      stepped.system.hosts[1]?.stats.latencies.record(60_000);
      const samples = (await scrape()).filter(({ labels }) => labels.includes('type="echo-session"'));
      const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
      const bounds = buckets.map(({ labels }) => Number(/le="([^"]+)"/.exec(labels)?.[1]?.replace("+Inf", "Infinity")));
      expect(bounds).toEqual([...DURATION_BOUNDS_S, Number.POSITIVE_INFINITY]);
      const counts = buckets.map(({ value }) => value);
      expect(counts).toEqual(counts.toSorted((left, right) => left - right));
      const count = valuesOf(samples, `${name}_count`)['type="echo-session"'];
      expect(count).toBeGreaterThan(2);
      expect(counts.at(-1)).toBe(count as number);
      expect(valuesOf(samples, `${name}_sum`)['type="echo-session"']).toBeGreaterThanOrEqual(0);
    },
  );

  test("of a duration past the last bound show it in +Inf alone", async () => {
    const { stepped, scrape } = createNode();
    stepped.system.hosts[0]?.stats.durations.record(60_000);
    const buckets = valuesOf(await scrape(), "correio_turn_duration_seconds_bucket");
    const values = Object.entries(buckets).filter(([labels]) => labels.includes('type="counter"'));
    expect(values.filter(([, value]) => value > 0)).toEqual([[expect.stringContaining('le="+Inf"'), 1]]);
  });
});
