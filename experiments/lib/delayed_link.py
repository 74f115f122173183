# Carries IPv4 packets between two TUN devices, each late by the delay, and lost by chance with a seed.
# Lines in: "loss UP DOWN" sets both ways, "count" is answered with what has come so far; the end of input ends it.

import fcntl
import heapq
import json
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
PACKET_BYTES_MAX = 65_536


def open_tun(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN_NO_PI))
    return device


class Way:
    """One direction: its losses follow from the seed alone, packet by packet."""

    def __init__(self, source, target, seed):
        self.source, self.target = source, target
        self.chance = random.Random(seed)
        self.loss = 0.0
        self.counts = {"packets": 0, "octets": 0, "lost": 0}

    def read(self):
        """All that has come; what is not IPv4 is the kernel's own business."""
        while True:
            try:
                packet = os.read(self.source, PACKET_BYTES_MAX)
            except BlockingIOError:
                return
            if packet[0] >> 4 != 4:
                continue
            self.counts["packets"] += 1
            self.counts["octets"] += len(packet)
            if self.chance.random() < self.loss:
                self.counts["lost"] += 1
            else:
                yield packet


def obey(line, up, down):
    words = line.split()
    if words[:1] == ["loss"]:
        up.loss, down.loss = float(words[1]), float(words[2])
        print("ok", flush=True)
    else:
        print(json.dumps({"up": up.counts, "down": down.counts}), flush=True)


def main(client_name, server_name, delay_ms, seed):
    client, server = open_tun(client_name), open_tun(server_name)
    up, down = Way(client, server, f"{seed} up"), Way(server, client, f"{seed} down")
    print("ready", flush=True)
    on_their_way, number = [], 0
    while True:
        wait = None if not on_their_way else max(0.0, on_their_way[0][0] - time.monotonic())
        readable, _, _ = select.select([client, server, sys.stdin], [], [], wait)
        due = time.monotonic() + float(delay_ms) / 1_000
        for way in (up, down):
            for packet in way.read() if way.source in readable else ():
                number += 1
                heapq.heappush(on_their_way, (due, number, way.target, packet))
        while on_their_way and on_their_way[0][0] <= time.monotonic():
            _, _, target, packet = heapq.heappop(on_their_way)
            try:
                os.write(target, packet)
            except OSError:
                pass
        if sys.stdin in readable:
            line = os.read(sys.stdin.fileno(), 4_096).decode()
            if line == "":
                return
            obey(line, up, down)


main(*sys.argv[1:5])
