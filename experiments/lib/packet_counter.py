# Counts the TCP payload on this network's loopback by connection, way and time, as a capture would, and TLS records in it.
# Each line in is answered by what has come so far, as one line of JSON; the end of input ends it. Argument: ms of a step.

import json
import select
import socket
import struct
import sys
import time

ETH_P_IP = 0x0800
SOL_PACKET, PACKET_STATISTICS, SO_RCVBUFFORCE = 263, 6, 33
BUFFER_BYTES = 32 * 1_048_576
SYN, ACK = 0x02, 0x10
TLS_HANDSHAKE, TLS_APPLICATION, TLS_HEADER_BYTES = 0x16, 0x17, 5
# An alert is two octets, as long as TLS 1.3 hides it: with its true type and the tag (RFC 8446, sections 5.2 and 6).
ALERT_RECORD_BYTES = 2 + 1 + 16
# Of so many records the sizes are told, so that those of the handshake can be known from those of messages.
FIRST_RECORDS = 16


class Way:
    """One direction of a connection. Octets that were sent again count once."""

    def __init__(self):
        self.counts = dict(packets=0, octets=0, payload=0, again=0, records=0, recordOctets=0, alerts=0)
        self.counts["firstRecords"] = []
        self.next, self.is_tls, self.unread = None, None, b""

    def add(self, octets, sequence, payload):
        counts = self.counts
        counts["packets"] += 1
        counts["octets"] += octets
        known = 0 if self.next is None else (self.next - sequence) & 0xFFFFFFFF
        if 0 < known < 0x80000000:
            counts["again"] += min(known, len(payload))
            payload = payload[known:]
        if payload:
            self.next = (sequence + known + len(payload)) & 0xFFFFFFFF
            counts["payload"] += len(payload)
            if self.is_tls is None:
                self.is_tls = payload[0] == TLS_HANDSHAKE
            if self.is_tls:
                self.walk(payload)
        return len(payload)

    def walk(self, payload):
        self.unread += payload
        while len(self.unread) >= TLS_HEADER_BYTES:
            kind, _, size = struct.unpack_from("!BHH", self.unread)
            if len(self.unread) < TLS_HEADER_BYTES + size:
                return
            self.unread = self.unread[TLS_HEADER_BYTES + size :]
            if kind != TLS_APPLICATION:
                continue
            if self.counts["records"] < FIRST_RECORDS:
                self.counts["firstRecords"].append(size)
            self.counts["records"] += 1
            self.counts["recordOctets"] += size
            self.counts["alerts"] += size == ALERT_RECORD_BYTES


class Connection:
    """`up` goes to the listener. A step holds the payload of both ways."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.up, self.down = Way(), Way()
        self.steps = {}


class Counter:
    def __init__(self, step_ms):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
        self.socket.bind(("lo", ETH_P_IP))
        self.socket.setblocking(False)
        self.step_ms, self.started_ms = step_ms, time.time() * 1_000
        self.open, self.all = {}, []
        self.packets = self.octets = self.dropped = 0

    def read(self):
        while True:
            try:
                packet, address = self.socket.recvfrom(65_536)
            except BlockingIOError:
                return
            # On its way out; it comes in as well.
            if address[2] == socket.PACKET_OUTGOING or packet[9] != socket.IPPROTO_TCP:
                continue
            self.count(packet)

    def count(self, packet):
        ip_bytes = (packet[0] & 15) * 4
        (total,) = struct.unpack_from("!H", packet, 2)
        source_port, target_port, sequence = struct.unpack_from("!HHI", packet, ip_bytes)
        tcp_bytes = (packet[ip_bytes + 12] >> 4) * 4
        flags = packet[ip_bytes + 13]
        source, target = (packet[12:16], source_port), (packet[16:20], target_port)
        self.packets += 1
        self.octets += total
        if flags & (SYN | ACK) == SYN and (source, target) not in self.open:
            connection = Connection(source_port, target_port)
            self.open[source, target] = connection, connection.up, 0
            self.open[target, source] = connection, connection.down, 1
            self.all.append(connection)
        found = self.open.get((source, target))
        # Begun before the counter.
        if found is None:
            return
        connection, way, index = found
        payload = packet[ip_bytes + tcp_bytes : total]
        new = way.add(total, sequence + bool(flags & SYN), payload)
        if new:
            step = int((time.time() * 1_000 - self.started_ms) // self.step_ms)
            connection.steps.setdefault(step, [0, 0])[index] += new

    def report(self):
        self.read()
        _, dropped = struct.unpack("II", self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        self.dropped += dropped
        connections = [
            dict(
                client=each.client,
                server=each.server,
                up=each.up.counts,
                down=each.down.counts,
                steps=[[step, *ways] for step, ways in each.steps.items()],
            )
            for each in self.all
        ]
        return dict(
            startedMs=self.started_ms,
            stepMs=self.step_ms,
            packets=self.packets,
            octets=self.octets,
            dropped=self.dropped,
            cpuSeconds=time.process_time(),
            connections=connections,
        )


def main():
    counter = Counter(float(sys.argv[1]))
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([counter.socket, sys.stdin], [], [])
        counter.read()
        if sys.stdin in ready:
            if sys.stdin.readline() == "":
                return
            print(json.dumps(counter.report()), flush=True)


main()
