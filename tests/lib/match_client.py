"""An existing match client, as strangers wrote them: threads, blocking sockets, each `recv` one message, no terminators."""
import socket
import ssl
import threading

NAME = "jogo-da-velha-server"


class MatchClient:
    def __init__(self, port, certificate, answers_pings=True):
        self.plain = socket.create_connection(("127.0.0.1", port), timeout=10)
        word, secure_port = self.plain.recv(1024).decode().split(";")
        assert word == "secport", word
        context = ssl.create_default_context(cafile=certificate)
        raw = socket.create_connection(("127.0.0.1", int(secure_port)), timeout=10)
        self.secure = context.wrap_socket(raw, server_hostname=NAME)
        self.pings = 0
        self.answers_pings = answers_pings
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._answer_pings, daemon=True).start()
        self.plain.send(str(self.listener.getsockname()[1]).encode())

    def _answer_pings(self):
        connection, _ = self.listener.accept()
        while True:
            message = connection.recv(1024)
            if not message:
                return
            self.pings += 1
            if message == b"ping" and self.answers_pings:
                connection.send(b"pong")

    def over_tls(self, *fields):
        self.secure.send(";".join(fields).encode())
        return self.secure.recv(1024).decode()

    def over_plain(self, *fields):
        self.plain.send(";".join(fields).encode())
        return self.hear()

    def hear(self):
        return self.plain.recv(1024).decode()


class Peer:
    """The match between two clients: one socket for the moves, one for the delay."""

    def __init__(self, moves, pings):
        self.moves = moves
        self.pings = pings

    @staticmethod
    def listening():
        return [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]

    @staticmethod
    def accepting(listeners):
        return Peer(*[listener.accept()[0] for listener in listeners])

    @staticmethod
    def connecting(address, match_port, ping_port):
        return Peer(*[socket.create_connection((address, int(port)), timeout=10) for port in (match_port, ping_port)])

    def play(self, row, column):
        self.moves.send(f"play;{row};{column}".encode())

    def hear_move(self):
        return self.moves.recv(1024).decode()

    def delay_is_answered(self, other):
        self.pings.send(b"ping")
        assert other.pings.recv(1024) == b"ping"
        other.pings.send(b"pong")
        return self.pings.recv(1024) == b"pong"
