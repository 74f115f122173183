"""A peer of the pipelined comparison: one thread per connection, plain standard library, the same frames and replies."""

import argparse
import json
import os
import socket
import struct
import sys
import threading
import time

MAGIC = 0x12345678
REQUEST, RESPONSE, CLOSE = 1, 2, 4
PAYLOAD_BYTES_MAX = 1_048_576
HEADER = struct.Struct(">III")
encode = json.JSONEncoder(separators=(",", ":")).encode


class Session:
    """What one row of the ledger says, as the servers of the document leave it."""

    def __init__(self):
        self.client_id, self.answered, self.processing, self.opened = "", 0, 0.0, time.time()

    def leave(self, options):
        if options.ledger is None:
            return
        now, average = time.time(), self.processing / self.answered if self.answered else 0.0
        times = ",".join(f"{value:.6f}" for value in (self.opened, average, now, now - self.opened))
        row = f"{self.client_id},{self.answered},{options.server_id},{times},,,\n"
        os.write(options.ledger, row.encode())


def reply_to(payload, session, options):
    started = time.perf_counter()
    try:
        request = json.loads(payload)
        client_id, message_id = request.get("client_id"), request.get("message_id")
    except (ValueError, AttributeError):
        body = {"timestamp": time.time(), "server_id": options.server_id, "status": "error", "error": "Payload is not a JSON object"}
    else:
        if options.work_ms > 0:
            time.sleep(options.work_ms / 1_000)
        session.client_id = client_id
        session.answered += 1
        session.processing += time.perf_counter() - started
        body = {
            "client_id": client_id,
            "message_id": message_id,
            "timestamp": time.time(),
            "data": "Response from server",
            "processing_time": round(time.perf_counter() - started, 6),
            "server_id": options.server_id,
            "status": "success",
        }
    text = encode(body).encode()
    return HEADER.pack(MAGIC, RESPONSE, len(text)) + text


def serve(connection, session, options):
    """Reads what has arrived, answers every whole frame of it, and sends those replies together."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffered = b""
    while chunk := connection.recv(65_536):
        buffered = buffered + chunk if buffered else chunk
        offset, replies, closing = 0, [], False
        while len(buffered) - offset >= 12:
            magic, kind, size = HEADER.unpack_from(buffered, offset)
            if magic != MAGIC or kind != REQUEST or size > PAYLOAD_BYTES_MAX:
                closing = True
                break
            end = offset + 12 + size
            if end > len(buffered):
                break
            replies.append(reply_to(buffered[offset + 12 : end], session, options))
            offset = end
        buffered = buffered[offset:]
        if replies:
            connection.sendall(b"".join(replies))
        if closing:
            return


def serve_quietly(connection, options):
    session = Session()
    with connection:
        try:
            serve(connection, session, options)
        except OSError as error:
            print(f"Connection ended: {error}", file=sys.stderr)
        session.leave(options)


def open_ledger(path):
    return os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--share-port", action="store_true")
    parser.add_argument("--work-ms", type=float, default=0)
    parser.add_argument("--server-id", default="python")
    parser.add_argument("--ledger", type=open_ledger)
    options = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", options.port), backlog=512, reuse_port=options.share_port)
    print(f"listening {listener.getsockname()[1]}", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve_quietly, args=(connection, options), daemon=True).start()


if __name__ == "__main__":
    main()
