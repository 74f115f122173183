"""Existing clients that wait for what the server says last: all that each of them hears, until the connection ends."""
import json
import sys

from match_client import MatchClient

port, certificate, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
clients = [MatchClient(port, certificate) for _ in range(count)]
print(json.dumps([[client.hear(), client.hear(), client.secure.recv(1024).decode()] for client in clients]))
