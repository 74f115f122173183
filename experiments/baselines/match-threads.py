"""A peer of the hosted matches: a thread for each client, as the document has it, plain standard library. Keeps nothing."""

import argparse
import itertools
import select
import socket
import ssl
import threading

LINES = [tuple(map(int, line)) for line in "012 345 678 036 147 258 048 246".split()]
SQUARES = 9
TURN_MS = 30_000
# Each thread parses lines and looks into two dictionaries: the usual eight megabytes would only be reserved.
STACK_BYTES = 256 * 1024

clients = {}
numbers = itertools.count(1)


class Match:
    def __init__(self, host, guest):
        self.id, self.host, self.guest = next(numbers), host, guest
        self.board, self.moves = ["."] * SQUARES, 0
        self.lock = threading.Lock()

    def play(self, client, row, column):
        """What the client is answered, and what both are sent."""
        with self.lock:
            square = (int(row) - 1) * 3 + int(column) - 1
            if client is not (self.guest if self.moves % 2 else self.host):
                return "playERR;not_your_turn", []
            if self.board[square] != ".":
                return "playERR;occupied", []
            mark = "O" if client is self.host else "X"
            self.board[square] = mark
            self.moves += 1
            is_won = any(all(self.board[each] == mark for each in line) for line in LINES)
            is_over = is_won or self.moves == SQUARES
            following = "" if is_over else (self.guest if client is self.host else self.host).name
            told = [f"moved;{self.id};{self.moves};{row};{column};{client.name};{following};{TURN_MS}"]
            if is_over:
                reason = "line" if is_won else "board_full"
                told.append(f"ended;{self.id};{client.name if is_won else ''};{reason};{self.moves}")
                self.host.match = self.guest.match = None
            return f"playACK;{self.moves}", told


class Client(threading.Thread):
    def __init__(self, connection):
        super().__init__(daemon=True)
        self.connection, self.name, self.match, self.invited = connection, "", None, None
        # OpenSSL is not made for two threads at one connection, be it one that reads and one that writes.
        self.using = threading.Lock()

    def send(self, *lines):
        with self.using:
            self.connection.sendall("".join(f"{line}\n" for line in lines).encode())

    def run(self):
        try:
            self.connection.do_handshake()
            self.connection.setblocking(False)
            carry = ""
            while chunk := self.receive():
                *lines, carry = (carry + chunk.decode()).split("\n")
                for line in lines:
                    self.obey(line.split(";"))
        except OSError:
            pass
        finally:
            clients.pop(self.name, None)
            self.connection.close()

    def receive(self):
        waiting = select.poll()
        waiting.register(self.connection, select.POLLIN)
        while True:
            if self.connection.pending() == 0:
                waiting.poll()
            try:
                with self.using:
                    return self.connection.recv(65_536)
            except ssl.SSLWantReadError:
                continue

    def obey(self, fields):
        command, first = fields[0], fields[1] if len(fields) > 1 else ""
        other = clients.get(first)
        if command == "resume":
            self.name = first
            clients[first] = self
            self.send(f"resumeACK;{first}")
        elif command == "begin" and other:
            self.invited = other
            self.send("beginACK")
            other.send(f"invite;{self.name};hosted")
        elif command == "answer" and other and other.invited is self:
            other.invited = None
            match = other.match = self.match = Match(other, self)
            snapshot = f"match;{match.id};{other.name};{self.name};.........;0;{other.name};{TURN_MS}"
            self.send("answerACK", snapshot)
            other.send(f"answer;{self.name};True", snapshot)
        elif command == "play" and self.match:
            match = self.match
            answer, told = match.play(self, first, fields[2])
            self.send(answer, *told)
            if told:
                (match.guest if self is match.host else match.host).send(*told)
        else:
            self.send("Comando Não Reconhecido")


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--cert", required=True)
    flags.add_argument("--key", required=True)
    options = flags.parse_args()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    threading.stack_size(STACK_BYTES)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1_024)
    print(f"listening {listener.getsockname()[1]}", flush=True)
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Client(context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)).start()


main()
