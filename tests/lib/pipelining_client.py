"""Sends all requests, then perhaps a close frame, and only then reads: prints what came back as one JSON document."""
import argparse
import json
import socket
import ssl
import struct
import time

HEADER = struct.Struct("!III")
MAGIC = 0x12345678


def frame(kind, payload=b""):
    return HEADER.pack(MAGIC, kind, len(payload)) + payload


def read_exactly(sock, count):
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if not piece:
            return data
        data += piece
    return data


def send(sock, data, piece):
    if piece == 0:
        sock.sendall(data)
    for start in range(0, len(data) if piece else 0, piece or 1):
        sock.sendall(data[start:start + piece])


def main():
    options = argparse.ArgumentParser()
    options.add_argument("port", type=int)
    options.add_argument("--count", type=int, default=1)
    options.add_argument("--client", default="client_1_4765")
    options.add_argument("--data", type=int, default=17)
    options.add_argument("--ids", choices=["number", "text"], default="number")
    options.add_argument("--end", choices=["close", "half", "none"], default="close")
    options.add_argument("--piece", type=int, default=0, help="bytes for each write; 0 = all in one")
    options.add_argument("--wait", type=float, default=0, help="seconds between the last write and the first read")
    options.add_argument("--authority", help="PEM file: speak TLS")
    args = options.parse_args()

    sock = socket.create_connection(("127.0.0.1", args.port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if args.authority:
        context = ssl.create_default_context(cafile=args.authority)
        sock = context.wrap_socket(sock, server_hostname="localhost")
    ids = [str(n) if args.ids == "text" else n for n in range(args.count)]
    text = "x" * args.data
    stream = b"".join(
        frame(1, json.dumps({"client_id": args.client, "message_id": n, "timestamp": time.time(), "data": text}).encode())
        for n in ids
    )
    if args.end == "close":
        stream += frame(4)
    send(sock, stream, args.piece)
    if args.end == "half":
        socket.socket.shutdown(sock, socket.SHUT_WR)
    time.sleep(args.wait)

    replies = []
    ended = False
    while args.end != "none" or len(replies) < args.count:
        header = read_exactly(sock, 12)
        if len(header) == 0:
            ended = True
            break
        magic, kind, length = HEADER.unpack(header)
        assert magic == MAGIC and kind == 2, (magic, kind)
        replies.append(json.loads(read_exactly(sock, length)))
    sock.close()
    print(json.dumps({
        "replies": len(replies),
        "in_order": [reply["message_id"] for reply in replies] == ids,
        "right": all(
            reply["client_id"] == args.client and reply["status"] == "success"
            and reply["data"] == "Response from server" and reply["server_id"]
            and isinstance(reply["processing_time"], float) and isinstance(reply["timestamp"], (int, float))
            for reply in replies
        ),
        "ended": ended,
    }))


main()
