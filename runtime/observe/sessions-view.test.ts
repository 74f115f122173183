// Sessions as an operator sees them: filtered, one with what its actor does, ended with a reason for the log.
import { describe, expect, test } from "bun:test";

import { session } from "../core/definition.ts";
import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import type { ConnectionFigures, NetFigures } from "./figures.ts";
import { createSessionsView } from "./sessions-view.ts";
import { figuresOf } from "./test-connection.ts";
import type { SessionQuery } from "./view.ts";

const Echo = session("echo-session", {
  state: () => ({}),
  message: (client, text: string) => client.send(text),
});

function createView(...connections: readonly ConnectionFigures[]) {
  const stepped = new SteppedSystem([Echo]);
  const net = { connections: new Map(connections.map((each) => [each.id, each])) } as unknown as NetFigures;
  const told: unknown[] = [];
  const view = createSessionsView(stepped.system, net, ({ id }, why) => told.push([id, why]));
  return { stepped, view, told };
}

describe("sessions", () => {
  const { view } = createView(
    figuresOf("1"),
    figuresOf("2", { transport: "udp", sessionAddress: "udp-session/2" }),
    figuresOf("3", { remoteAddress: "::1" }),
    figuresOf("4", { sessionAddress: "echo-session-2/4" }),
    figuresOf("5"),
  );
  test.each<[Omit<SessionQuery, "limit">, string[]]>([
    [{ transport: "udp" }, ["2"]],
    [{ transport: "web" }, []],
    [{ address: "::1" }, ["3"]],
    [{ address: "127.0.0" }, []],
    [{ actorType: "echo-session" }, ["1", "3", "5"]],
    [{ actorType: "echo" }, []],
    [{ actorType: "echo-session", address: "127.0.0.1" }, ["1", "5"]],
    [{ actorType: "echo-session", after: "1" }, ["3", "5"]],
  ])("that fit %j are %j", (query, ids) => {
    expect(view.sessions({ limit: 9, ...query }).items.map(({ id }) => id)).toEqual(ids);
  });

  test("that fit come page by page", () => {
    const page = view.sessions({ limit: 2, actorType: "echo-session" });
    expect([page.items.map(({ id }) => id), page.next]).toEqual([["1", "3"], "3"]);
    expect(view.sessions({ limit: 1, actorType: "echo-session", after: "3" })).not.toHaveProperty("next");
  });
});

describe("one session", () => {
  test("is shown with what its actor does", async () => {
    const { stepped, view } = createView(figuresOf("7"));
    const { id } = new ConnectionStandIn(stepped.system, Echo, "7");
    await stepped.runAll();
    const about = { type: "echo-session", key: "7", status: "idle", mailbox: 0, turns: 1 };
    expect(view.session(id)).toMatchObject({ id: "7", actor: "echo-session/7", session: about });
  });

  test("is shown without, where no actor hears what comes over it", () => {
    const { view } = createView(figuresOf("7", { sessionAddress: "publish-socket" }));
    expect(view.session("7")).not.toHaveProperty("session");
    expect(view.session("8")).toBeUndefined();
  });

  test("is ended with a code that programs know; the operator's words are told besides", () => {
    const ended: string[] = [];
    const { view, told } = createView(figuresOf("7", { end: (reason) => void ended.push(reason) }));
    expect([view.disconnect("7", "maintenance"), view.disconnect("8", "maintenance")]).toEqual([true, false]);
    expect([ended, told]).toEqual([["disconnected_by_operator"], [["7", "maintenance"]]]);
  });
});
