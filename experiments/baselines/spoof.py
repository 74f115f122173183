"""Sends UDP datagrams from forged addresses at a steady rate: a raw socket, each with a source of its own."""

import argparse
import errno
import random
import socket
import struct
import sys
import time
import zlib

HELLO = 0x80
HELLO_BYTES = 64
CHECKSUM_BYTES = 4
BATCH_MS = 2


def hello(rng):
    """Kind, nonce, version and profile, padded with zeros, and the checksum of all that."""
    body = bytes([HELLO]) + rng.randbytes(8) + bytes([1, 0])
    body = body.ljust(HELLO_BYTES - CHECKSUM_BYTES, b"\0")
    return body + struct.pack(">I", zlib.crc32(body))


def packet(source, source_port, port, payload):
    """IPv4 and UDP without a UDP checksum, which may be left out; the kernel fills in that of IPv4."""
    total = 28 + len(payload)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, total, 0, 0, 64, 17, 0, source, bytes([127, 0, 0, 1]))
    return ip + struct.pack(">HHHH", source_port, port, 8 + len(payload), 0) + payload


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=int, required=True)
    parser.add_argument("--kind", choices=["hello", "text"], required=True)
    given = parser.parse_args()
    try:
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    except PermissionError:
        print("refused 1", flush=True)
        return
    raw.setblocking(False)
    # Answers vanish, as on their way to strangers: on loopback a closed port would cost whoever answers more than we do.
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sink.bind(("0.0.0.0", 0))
    source_port = sink.getsockname()[1]
    rng = random.Random(1)
    texts = [b"ECHO\n", b"HELLO ana\n", b"JOIN lobby\n", b"COOKIE AAAAAAAAAAAAAAAAAAAAAAAAAAA\n"]
    packets = []
    for index in range(65_536):
        source = bytes([127, rng.randrange(1, 255), rng.randrange(256), rng.randrange(1, 255)])
        payload = hello(rng) if given.kind == "hello" else texts[index % len(texts)]
        packets.append(packet(source, source_port, given.port, payload))
    print("flooding 1", flush=True)
    started = time.monotonic()
    sent = 0
    try:
        while True:
            wanted = int((time.monotonic() - started) * given.rate)
            while sent < wanted:
                try:
                    raw.sendto(packets[sent % len(packets)], ("127.0.0.1", 0))
                except OSError as error:
                    if error.errno not in (errno.EAGAIN, errno.ENOBUFS):
                        raise
                sent += 1
            time.sleep(BATCH_MS / 1_000)
    except KeyboardInterrupt:
        pass
    print(f"sent {sent} in {time.monotonic() - started:.3f}", flush=True)


def stop(_number, _frame):
    raise KeyboardInterrupt


if __name__ == "__main__":
    import signal

    signal.signal(signal.SIGTERM, stop)
    sys.exit(main())
