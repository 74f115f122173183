# An existing client in Python: pyzmq and msgpack, nothing of ours. Prints one JSON document of all that it saw.
import json
import sys

import msgpack
import zmq

requests_port, subscriber_port, publisher_port = map(int, sys.argv[1:4])
context = zmq.Context()
seen = []


def socket(kind, port):
    made = context.socket(kind)
    made.setsockopt(zmq.LINGER, 0)
    made.setsockopt(zmq.RCVTIMEO, 15000)
    made.connect(f"tcp://127.0.0.1:{port}")
    return made


req = socket(zmq.REQ, requests_port)
clock = 0


def ask(service, encode=msgpack.packb, decode=msgpack.unpackb, **data):
    global clock
    clock += 1
    req.send(encode({"service": service, "data": {**data, "timestamp": 1763629860.5, "clock": clock}}))
    reply = decode(req.recv())
    own = clock
    clock = max(clock, reply["data"]["clock"]) + 1
    data = {**reply["data"], "clock": reply["data"]["clock"] > own}
    if "timestamp" in data:
        data["timestamp"] = len(data["timestamp"])
    seen.append([reply["service"], data, list(reply["data"])])


ask("login", user="ana")
ask("login", user="ana")
ask("login", user="")
ask("users")
ask("channel", channel="geral")
ask("channels")
subscriber = socket(zmq.SUB, subscriber_port)
subscriber.setsockopt_string(zmq.SUBSCRIBE, "geral")
subscriber.setsockopt_string(zmq.SUBSCRIBE, "ana")
subscriber.setsockopt_string(zmq.SUBSCRIBE, "@ack 1")
heard = [subscriber.recv_string()]
ask("publish", user="ana", channel="geral", message="olá")
heard.append(subscriber.recv_string())
ask("publish", user="ana", channel="nenhum", message="olá")
ask("message", src="bea", dst="ana", message="oi")
heard.append(subscriber.recv_string())
ask("message", src="bea", dst="ninguém", message="oi")
ask("nada")
ask("users", encode=lambda value: json.dumps(value).encode(), decode=json.loads)
publisher = socket(zmq.PUB, publisher_port)
poller = zmq.Poller()
poller.register(subscriber, zmq.POLLIN)
while not poller.poll(50):
    publisher.send_string("geral de fora: oi [09:11:00] (clock=1)")
heard.append(subscriber.recv_string())
print(json.dumps({"seen": seen, "heard": heard}))
