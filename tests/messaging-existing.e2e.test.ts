// Existing programs of the messaging family, in Python with libzmq: clients, publishers, workers, and whole servers.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";

import { hasPythonModule } from "./lib/debian-python.ts";
import { eventually } from "./lib/eventually.ts";
import { freeMessagingPorts } from "./lib/messaging-ports.ts";
import { TestRequester } from "./lib/messaging-requests.ts";
import { PythonWorker } from "./lib/python-worker.ts";
import { withoutTimes } from "./lib/server-group.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";

const workers: PythonWorker[] = [];
const nodes: TestNode[] = [];
const requesters: TestRequester[] = [];

function worker(...args: readonly (string | number)[]): PythonWorker {
  const made = new PythonWorker(...args);
  workers.push(made);
  return made;
}

function requester(port: number): TestRequester {
  const made = new TestRequester(port);
  requesters.push(made);
  return made;
}

async function startNode(settings = {}): Promise<TestNode> {
  const node = await startTestNode({ ...freeMessagingPorts(), CORREIO_SERVER_HEARTBEAT_MS: 500, ...settings });
  nodes.push(node);
  return node;
}

afterEach(async () => {
  for (const each of requesters.splice(0)) each.close();
  await Promise.all(workers.splice(0).map((each) => each.kill()));
});

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
});

describe.skipIf(!hasPythonModule("zmq"))("an existing client", () => {
  let node: TestNode;

  beforeAll(async () => {
    node = await startNode();
  });

  test("logs in, makes a channel, publishes, receives through a plain SUB: every reply as it knows it", async () => {
    const { clients, subscribers, publishers } = node.node.messaging ?? { clients: 0, subscribers: 0, publishers: 0 };
    const { seen, heard } = (await runClient(clients, subscribers, publishers)) as { seen: unknown; heard: string[] };
    expect(seen).toEqual([
      say("login", { status: "sucesso", description: "Login registrado com sucesso.", user: "ana" }),
      say("login", { status: "logado", description: "Usuário 'ana' já está cadastrado e logado.", user: "ana" }),
      say("login", { status: "erro", description: expect.any(String) }),
      say("users", { users: ["ana"] }),
      say("channel", { status: "sucesso", description: expect.any(String) }),
      say("channels", { channels: ["geral"] }),
      say("publish", { status: "OK", message: "" }),
      say("publish", { status: "erro", message: "Canal não existe." }),
      say("message", { status: "OK" }),
      say("message", { status: "erro", message: "Usuário de destino não existe." }),
      say("error", { status: "erro", message: "servico desconhecido" }),
      say("users", { users: ["ana"] }),
    ]);
    expect(heard.map((text) => text.replace(/\[\d\d:\d\d:\d\d\] \(clock=\d+\)/, "[T] (clock=N)"))).toEqual([
      "@ack 1",
      "geral ana: olá [T] (clock=N)",
      "ana bea: oi [T] (clock=N)",
      "geral de fora: oi [T] (clock=N)",
    ]);
  });
});

describe.skipIf(!hasPythonModule("zmq"))("an existing worker", () => {
  test("serves its share: every other request of one client", async () => {
    const { messaging } = (await startNode()).node;
    const python = worker(messaging?.workers ?? 0, "py", "work");
    await python.says("that it is ready", ({ ready }) => ready !== undefined);
    const client = requester(messaging?.clients ?? 0);
    const byPython = async (): Promise<boolean> =>
      JSON.stringify(withoutTimes(await client.ask("users"))) === '{"users":["py"]}';
    await eventually("its first request", byPython);
    const served: boolean[] = [];
    for (let count = 0; count < 10; count++) served.push(await byPython());
    expect(served).toEqual(Array.from({ length: 10 }, (_, index) => index % 2 === 1));
  });

  test("that is killed with a request leaves it to another, or its client is told", async () => {
    const { messaging } = (await startNode({ CORREIO_SERVES: false })).node;
    const hanging = worker(messaging?.workers ?? 0, "hanging", "hang");
    await hanging.says("that it is ready", ({ ready }) => ready !== undefined);
    const client = requester(messaging?.clients ?? 0);
    const publishing = client.ask("publish", { user: "ana", channel: "geral", message: "oi" });
    await hanging.says("what it has taken", ({ took }) => took === "publish");
    await hanging.kill();
    expect(withoutTimes(await publishing)).toMatchObject({ status: "erro" });
    const asking = client.ask("users");
    const next = worker(messaging?.workers ?? 0, "next", "work");
    await next.says("what it has taken", ({ took }) => took === "users");
    expect(withoutTimes(await asking)).toEqual({ users: ["next"] });
  });
});

describe.skipIf(!hasPythonModule("zmq"))("an existing server", () => {
  test("has a rank, coordinates where it is the highest, and is told of that in its own words", async () => {
    const { messaging } = (await startNode()).node;
    const [reference, taken] = [messaging?.reference ?? 0, messaging?.workers ?? 0];
    const status = requester(await adminPortOf(reference));
    const own = async (): Promise<unknown> => (await status.ask("status"))["coordinator"];
    await eventually("an election without it", async () => (await own()) === "test-node");
    const python = worker(taken, "py", "server", reference, freeMessagingPorts().CORREIO_MESSAGING_PORT);
    expect(await python.says("its rank", ({ rank }) => rank !== undefined)).toEqual({ rank: 2 });
    await python.says("who coordinates", ({ coordinator }) => coordinator === "py");
    await eventually("that the others follow it", async () => (await own()) === "py");
  }, 40_000);

  test("may set a clock by a little, and not by much", async () => {
    const { messaging } = (await startNode()).node;
    const admin = requester(await adminPortOf(messaging?.reference ?? 0));
    const { time } = (await admin.ask("clock")) as { time: number };
    expect(await admin.ask("clock", { time: time + 30 })).not.toHaveProperty("status");
    const text = "hora muito distante";
    const far = { status: "erro", message: text, description: text, code: "clock.too_far" };
    expect(withoutTimes(await admin.ask("clock", { time: time + 1e9 }))).toEqual(far);
    expect(withoutTimes(await admin.ask("clock", { time: "now" }))).toMatchObject({ status: "erro" });
    expect(withoutTimes(await admin.ask("clock", { clock: 2 ** 52 }))).toMatchObject({
      status: "erro",
      message: "clock muito adiantado",
    });
  });
});

/** Of the only server, once the reference knows where it is. */
async function adminPortOf(reference: number): Promise<number> {
  const asking = requester(reference);
  const find = async (): Promise<number> => {
    const { list } = (await asking.ask("list")) as { list: { address: string }[] };
    return Number(list[0]?.address.split(":")[1] ?? 0);
  };
  await eventually("its admin endpoint", async () => (await find()) > 0);
  return find();
}

async function runClient(...ports: readonly number[]): Promise<unknown> {
  const command = ["/usr/bin/python3", `${import.meta.dir}/lib/messaging_client.py`, ...ports.map(String)];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`The client failed: ${errors.slice(-1_000)}`);
  return JSON.parse(output);
}

/** A reply as that program notes it: its data, with the length of its time, and their order. */
function say(service: string, data: object): unknown {
  const times = service === "error" ? { clock: true } : { timestamp: 8, clock: true };
  return [service, { ...data, ...times }, [...Object.keys(data), ...Object.keys(times)]];
}
