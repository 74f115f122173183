"""Sends each command in one write, without a newline, and takes one `recv` as its reply: prints the replies as JSON."""
import json
import socket
import sys

sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
replies = []
for command in sys.argv[2:]:
    sock.send(command.encode())
    replies.append(sock.recv(1024).decode())
print(json.dumps(replies))
