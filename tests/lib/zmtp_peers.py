"""Sockets of libzmq, as a test tells them to be: a command a line comes in, a line goes out for each that is done.

Octets are Latin-1 in JSON. What a socket is to receive is answered when it has come; other commands go on meanwhile.
"""

import json
import os
import sys

import zmq

context = zmq.Context()
poller = zmq.Poller()
stdin = sys.stdin.fileno()
sockets = {}
names = {}
# By socket: commands that wait for messages, as [id of the command, how many are missing, those that came].
waiting = {}
# Sockets that answer each request: what stands behind its envelope comes back behind "re:".
serving = set()
# Names and passwords that a server of PLAIN lets in: libzmq asks a socket of this address for each.
passwords = {}
zap = context.socket(zmq.REP)
zap.bind("inproc://zeromq.zap.01")


def say(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def octets(text):
    return text.encode("latin-1")


def text(frames):
    return [frame.decode("latin-1") for frame in frames]


def open_socket(name, kind, options):
    socket = context.socket(getattr(zmq, kind))
    socket.linger = 0
    for option, value in {"RECONNECT_IVL": 20, **options}.items():
        socket.setsockopt(getattr(zmq, option), octets(value) if isinstance(value, str) else value)
    sockets[name] = socket
    names[socket] = name
    waiting[name] = []


def obey(command):
    what, name = command["do"], command.get("socket")
    if what == "receive":
        return waiting[name].append([command["id"], command["count"], []])
    result = None
    if what == "open":
        open_socket(name, command["kind"], command["options"])
    elif what == "bind":
        sockets[name].bind(f"tcp://127.0.0.1:{command['port']}")
        result = int(sockets[name].last_endpoint.rsplit(b":", 1)[1])
    elif what == "connect":
        sockets[name].connect(f"tcp://127.0.0.1:{command['port']}")
    elif what == "send":
        for frames in command["messages"]:
            sockets[name].send_multipart([octets(frame) for frame in frames])
    elif what == "subscribe":
        sockets[name].subscribe(octets(command["topic"]))
    elif what == "unsubscribe":
        sockets[name].unsubscribe(octets(command["topic"]))
    elif what == "serve":
        serving.add(name)
    elif what == "let in":
        passwords[octets(command["username"])] = octets(command["password"])
    elif what == "close" and name in sockets:
        close(name)
    if name in sockets:
        # Connections that were made meanwhile are taken up only when libzmq is asked for something.
        sockets[name].get(zmq.EVENTS)
    say({"id": command["id"], "result": result})


def close(name):
    socket = sockets.pop(name)
    if socket in poller:
        poller.unregister(socket)
    serving.discard(name)
    del names[socket], waiting[name]
    socket.close()


def answer(socket):
    frames = socket.recv_multipart()
    # A REP keeps the envelope to itself; others have whatever ends with the first empty frame, or a mere identity.
    kept = 0 if socket.socket_type == zmq.REP else (frames.index(b"") + 1 if b"" in frames else 1)
    socket.send_multipart([*frames[:kept], b"re:", *frames[kept:]])


def receive(socket, name):
    pending = waiting[name][0]
    while pending[1] > 0:
        try:
            pending[2].append(text(socket.recv_multipart(zmq.NOBLOCK)))
        except zmq.Again:
            return
        pending[1] -= 1
    waiting[name].pop(0)
    say({"id": pending[0], "result": pending[2]})


def judge():
    version, number, _domain, _address, _identity, _mechanism, username, password = zap.recv_multipart()
    status = b"200" if passwords.get(username) == password else b"400"
    zap.send_multipart([version, number, status, b"", username, b""])


def poll_what_is_wanted():
    for name, socket in sockets.items():
        wanted = name in serving or waiting[name]
        if wanted and socket not in poller:
            poller.register(socket, zmq.POLLIN)
        elif not wanted and socket in poller:
            poller.unregister(socket)
    return [ready for ready, _ in poller.poll()]


poller.register(stdin, zmq.POLLIN)
poller.register(zap, zmq.POLLIN)
heard = b""
while True:
    for ready in poll_what_is_wanted():
        if ready == stdin:
            chunk = os.read(stdin, 1_048_576)
            if not chunk:
                context.destroy(linger=0)
                sys.exit()
            *lines, heard = (heard + chunk).split(b"\n")
            for line in lines:
                obey(json.loads(line))
        elif ready is zap:
            judge()
        elif ready in names and names[ready] in serving:
            answer(ready)
        elif ready in names and waiting[names[ready]]:
            receive(ready, names[ready])
