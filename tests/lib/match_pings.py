"""Two existing clients, of which one answers pings and the other is silent: what becomes of them."""
import json
import sys

from match_client import MatchClient

port, certificate = int(sys.argv[1]), sys.argv[2]
answering = MatchClient(port, certificate)
silent = MatchClient(port, certificate, answers_pings=False)
heard = [silent.hear(), silent.hear()]
pings_before = answering.pings
while answering.pings < pings_before + 2:
    assert answering.over_plain("list").startswith("listACK")
print(json.dumps({"silent": heard, "silent pings": silent.pings, "answering": answering.over_plain("dance")}))
