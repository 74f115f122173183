// Ports of the messaging family that are free now, for nodes that must have the same again after a restart.

/** Below those that the kernel gives to whoever asks for any: nobody takes them while a node is down. */
const [LEAST, SPAN] = [10_000, 22_000];
const COUNT = 6;

/** As settings; the admin endpoints of servers take free ports of their own. */
export function freeMessagingPorts() {
  const clients = firstOfFree();
  return {
    CORREIO_MESSAGING_PORT: clients,
    CORREIO_WORKER_PORT: clients + 1,
    CORREIO_PUBLISHER_PORT: clients + 2,
    CORREIO_SUBSCRIBER_PORT: clients + 3,
    CORREIO_MESSAGING_STORE_PORT: clients + 4,
    CORREIO_REFERENCE_PORT: clients + 5,
    CORREIO_SERVER_PORTS: 0,
  };
}

function firstOfFree(): number {
  for (;;) {
    const first = LEAST + Math.floor(Math.random() * SPAN);
    if (Array.from({ length: COUNT }, (_, index) => first + index).every(isFree)) return first;
  }
}

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } }).stop(true);
    return true;
  } catch {
    return false;
  }
}
