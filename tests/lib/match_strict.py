"""Programs that check certificates as strictly as Python can (RFC 5280): whom they trust, whom not, and what they are told."""
import json
import socket
import ssl
import sys

NAME = "jogo-da-velha-server"
port, tls_port, certificate = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def dial(to):
    return socket.create_connection(("127.0.0.1", to), timeout=10)


def strict(authority):
    context = ssl.create_default_context(cafile=authority)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def ask(to, message, name=NAME, authority=certificate):
    try:
        with strict(authority).wrap_socket(dial(to), server_hostname=name) as secure:
            secure.send(message)
            return secure.recv(1024).decode()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message


plain = dial(port)
secure_port = int(plain.recv(1024).decode().split(";")[1])
plain.send(b"0")
print(json.dumps({
    "modern": ask(tls_port, b"list\n"),
    "by address": ask(tls_port, b"list\n", "127.0.0.1"),
    "another name": ask(tls_port, b"list\n", "example.org"),
    "other authorities": ask(tls_port, b"list\n", authority=None),
    "existing": ask(secure_port, b"login;caio;errado"),
}))
