"""Two existing clients register, log in, invite, play peer to peer and report: prints all that they heard as JSON."""
import json
import sys

from match_client import MatchClient, Peer

port, certificate = int(sys.argv[1]), sys.argv[2]
heard = {}


def note(key, value):
    heard[key] = value
    return value


ana, beto = MatchClient(port, certificate), MatchClient(port, certificate)
note("leaders before", ana.over_plain("leaders"))
note("list before", ana.over_plain("list"))
note("not logged in", ana.over_plain("begin", "beto", "ana"))
for name, client in (("ana", ana), ("beto", beto)):
    note(f"adduser {name}", client.over_tls("adduser", name, f"segredo de {name}"))
    note(f"login {name}", client.over_tls("login", name, f"segredo de {name}"))
note("adduser again", ana.over_tls("adduser", "ana", "outro"))
note("passwd same", ana.over_tls("passwd", "ana", "segredo de ana", "segredo de ana"))
note("passwd wrong", ana.over_tls("passwd", "ana", "errado", "novo"))
note("passwd", ana.over_tls("passwd", "ana", "segredo de ana", "novo"))
note("wrong count", ana.over_tls("login", "ana"))
note("list", ana.over_plain("list"))
note("unknown", ana.over_plain("dance"))
note("begin nobody", ana.over_plain("begin", "caio", "ana"))
note("begin declined", ana.over_plain("begin", "beto", "ana"))
note("invite", beto.hear())
note("answer no", beto.over_plain("answer", "ana", "False"))
note("declined", ana.hear())
note("begin", ana.over_plain("begin", "beto", "ana"))
note("invite again", beto.hear())
listeners = Peer.listening()
match_port, ping_port = [str(listener.getsockname()[1]) for listener in listeners]
note("answer yes", beto.over_plain("answer", "ana", "True", match_port, "beto", ping_port))
accepted = ana.hear().split(";")
note("accepted", [*accepted[:4], accepted[4] == match_port, accepted[5] == ping_port])
host = Peer.connecting(accepted[3], accepted[4], accepted[5])
guest = Peer.accepting(listeners)
note("delay", host.delay_is_answered(guest))
moves = []
for turn, (row, column) in enumerate([(1, 1), (2, 1), (1, 2), (2, 2), (1, 3)]):
    mover, other = (host, guest) if turn % 2 == 0 else (guest, host)
    mover.play(row, column)
    moves.append(other.hear_move())
note("moves", moves)
note("busy", ana.over_plain("begin", "beto", "ana"))
note("result ana", ana.over_plain("result", "ana", "beto", "WIN"))
note("leaders between", ana.over_plain("leaders"))
note("result beto", beto.over_plain("result", "beto", "ana", "LOST"))
note("leaders", ana.over_plain("leaders"))
note("begin conflict", beto.over_plain("begin", "ana", "beto"))
note("invite ana", ana.hear())
note("answer conflict", ana.over_plain("answer", "beto", "True", "5001", "ana", "5002"))
note("accepted beto", beto.hear())
note("result first", ana.over_plain("result", "ana", "beto", "WIN"))
note("result second", beto.over_plain("result", "beto", "ana", "WIN"))
note("conflict told", ana.hear())
note("leaders after conflict", ana.over_plain("leaders"))
note("logout", ana.over_tls("logout"))
note("list after", beto.over_plain("list"))
beto.plain.send(b"exit")
note("exit", beto.hear())
note("pings", [ana.pings, beto.pings])
print(json.dumps(heard))
