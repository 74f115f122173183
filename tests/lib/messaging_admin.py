# What an existing administration program sends: list to the reference, and clock and election to each server's address.
import json
import sys
import time

import msgpack
import zmq

asked = json.load(sys.stdin)
context = zmq.Context()


def ask(address, service, **data):
    socket = context.socket(zmq.REQ)
    socket.setsockopt(zmq.RCVTIMEO, 10_000)
    socket.setsockopt(zmq.LINGER, 0)
    socket.connect(f"tcp://{address}")
    stamped = {**data, "timestamp": time.strftime("%H:%M:%S"), "clock": 0}
    socket.send(msgpack.packb({"service": service, "data": stamped}, use_bin_type=True))
    reply = msgpack.unpackb(socket.recv(), raw=False)
    socket.close()
    return reply


listed = ask(f"127.0.0.1:{asked['reference']}", "list")["data"]["list"]
seen = {}
for server in listed:
    address = server["address"]
    clock = ask(address, "clock")
    seen[server["name"]] = {
        "clock": clock,
        "told": ask(address, "clock", time=clock["data"]["time"] + 0.5),
        "refused": ask(address, "clock", time=0.0),
        "election": ask(address, "election"),
        "announced": ask(address, "election", coordinator="nobody"),
        "unknown": ask(address, "bogus"),
    }
print(json.dumps({"list": listed, "seen": seen}))
