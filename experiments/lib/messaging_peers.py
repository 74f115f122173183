# What pyzmq does in the messaging experiment: it asks, echoes, passes on, and serves as existing servers do.
# What it is comes first; ports are printed as "listening …", and what is told line by line is answered so.

import argparse
import json
import os
import socket
import sys
import tempfile
import time

import msgpack
import zmq

context = zmq.Context()
HOST = "127.0.0.1"
ADDRESS = f"tcp://{HOST}"
USERS = [f"user-{number}" for number in range(10)]


def bound(kind, is_bounded=True):
    made = context.socket(kind)
    if not is_bounded:
        made.set_hwm(0)
    return made, made.bind_to_random_port(ADDRESS)


def connected(kind, port):
    made = context.socket(kind)
    made.connect(f"{ADDRESS}:{port}")
    return made


def say(*words):
    print(*words, flush=True)


# Asking: one request after the other, each timed.


def zmq_exchange(port):
    asking = connected(zmq.REQ, port)

    def exchange(request):
        asking.send(request)
        return asking.recv()

    return exchange, asking.close


def plain_exchange(port):
    asking = socket.create_connection((HOST, port))
    asking.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(request):
        asking.sendall(request)
        reply = asking.recv(len(request))
        while len(reply) < len(request):
            reply += asking.recv(len(request) - len(reply))
        return reply

    return exchange, asking.close


def is_right(request, reply, wants_users):
    return msgpack.unpackb(reply)["data"]["users"] == USERS if wants_users else reply == request


def ask(told):
    wants_users = told["what"] == "users"
    request = msgpack.packb({"service": "users", "data": {"clock": 1}}) if wants_users else bytes(told["octets"])
    exchange, close = (plain_exchange if told["over"] == "tcp" else zmq_exchange)(told["port"])
    took, wrong = [], 0
    for number in range(told["warmUp"] + told["count"]):
        before = time.perf_counter_ns()
        reply = exchange(request)
        after = time.perf_counter_ns()
        if number >= told["warmUp"]:
            took.append(after - before)
        wrong += not is_right(request, reply, wants_users)
    close()
    took.sort()
    p50, p99 = (took[int((len(took) - 1) * share)] / 1_000 for share in (0.5, 0.99))
    return {"count": len(took), "wrong": wrong, "p50Us": p50, "p99Us": p99}


def obey():
    for line in sys.stdin:
        try:
            say(json.dumps(ask(json.loads(line))))
        except Exception as error:
            say(json.dumps({"failure": repr(error)}))


# Passing on.


def echo():
    answering, port = bound(zmq.REP)
    say("listening", port)
    while True:
        answering.send(answering.recv())


def broker():
    (clients, clients_port), (workers, workers_port) = bound(zmq.ROUTER), bound(zmq.DEALER)
    say("listening", clients_port, workers_port)
    zmq.proxy(clients, workers)


def publications():
    # What is in flight is bounded by who measures: nothing is dropped for its number.
    publishers, publishers_port = bound(zmq.XSUB, is_bounded=False)
    subscribers, subscribers_port = bound(zmq.XPUB, is_bounded=False)
    say("listening", publishers_port, subscribers_port)
    zmq.proxy(publishers, subscribers)


# Serving.


class Services:
    """As existing servers do it: what is kept is in a file, and on the disk before the answer."""

    def __init__(self):
        self.kept = tempfile.TemporaryFile("w")
        self.last = 0
        self.publications, _ = bound(zmq.PUB)

    def users(self, _):
        return {"users": USERS}

    def login(self, data):
        return {"status": "sucesso", "user": data["user"]}

    def channel(self, _):
        return {"status": "sucesso"}

    def publish(self, data):
        self.last += 1
        line = f"{data['channel']} {data['user']}: {data['message']} [{time.strftime('%H:%M:%S')}] (clock={self.last})"
        self.kept.write(f"{line}\n")
        self.kept.flush()
        os.fsync(self.kept.fileno())
        self.publications.send_string(line)
        return {"status": "OK", "message": ""}

    def history(self, _):
        return {"messages": [], "last": self.last}


def serve(port, hangs):
    services, answering, clock = Services(), connected(zmq.REP, port), 0
    while True:
        request = msgpack.unpackb(answering.recv())
        if hangs:
            say("has a request")
            time.sleep(3_600)
        data = getattr(services, request["service"])(request["data"])
        clock = max(clock, request["data"].get("clock", 0)) + 1
        data.update(timestamp=time.strftime("%H:%M:%S"), clock=clock, served_by="python")
        answering.send(msgpack.packb({"service": request["service"], "data": data}))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["ask", "echo", "broker", "publications", "serve"])
    parser.add_argument("--port", type=int, default=0, help="where the requests to serve come from")
    parser.add_argument("--hangs", action="store_true", help="answer nothing, and say when there is a request")
    told = parser.parse_args()
    if told.part == "serve":
        serve(told.port, told.hangs)
    {"ask": obey, "echo": echo, "broker": broker, "publications": publications}[told.part]()


main()
