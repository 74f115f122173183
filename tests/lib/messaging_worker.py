# An existing worker server in Python: a REP socket that serves what it is dealt, under a name. Says when it is ready.
# With `hang` it takes a request and never answers; with a reference's port it registers there and answers as a server.
import json
import sys
import threading
import time

import msgpack
import zmq

worker_port, name, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3]
reference_port, admin_port = (int(sys.argv[4]), int(sys.argv[5])) if mode == "server" else (0, 0)
context = zmq.Context()


def say(**what):
    print(json.dumps(what), flush=True)


def work():
    socket = context.socket(zmq.REP)
    socket.connect(f"tcp://127.0.0.1:{worker_port}")
    say(ready=name)
    while True:
        request = msgpack.unpackb(socket.recv())
        say(took=request["service"])
        if mode == "hang":
            time.sleep(3600)
        socket.send(msgpack.packb({"service": request["service"], "data": {"users": [name], "clock": 1}}))


def serve():
    socket = context.socket(zmq.REP)
    socket.bind(f"tcp://127.0.0.1:{admin_port}")
    coordinator = ""
    while True:
        request = msgpack.unpackb(socket.recv())
        data = request["data"]
        if request["service"] == "clock":
            say(told=data.get("time"))
            socket.send(msgpack.packb({"service": "clock", "data": {"time": time.time(), "clock": 1}}))
        else:
            coordinator = data.get("coordinator", coordinator)
            say(coordinator=coordinator)
            socket.send(msgpack.packb({"service": "election", "data": {"election": "OK", "coordinator": coordinator}}))


def register():
    socket = context.socket(zmq.REQ)
    socket.connect(f"tcp://127.0.0.1:{reference_port}")
    while True:
        data = {"user": name, "address": f"127.0.0.1:{admin_port}", "timestamp": "09:11:00", "clock": 1}
        socket.send(msgpack.packb({"service": "heartbeat", "data": data}))
        say(rank=msgpack.unpackb(socket.recv())["data"]["rank"])
        time.sleep(0.2)


if mode == "server":
    threading.Thread(target=serve, daemon=True).start()
    threading.Thread(target=register, daemon=True).start()
work()
