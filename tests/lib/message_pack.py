"""Packs and unpacks with the real msgpack what stands on the standard input, and prints what came of it, as JSON.

Input: {"unpack": [hex, ...], "pack": [value, ...]}. Output, in the same order: of each unpacked message the value, its
types, and the octets that Python packs the same value into; of each value the octets with texts as str and as raw, and
with all its texts given as bytes, which become bin or raw.
"""

import json
import sys

import msgpack


def types(value):
    if isinstance(value, dict):
        return {key: types(item) for key, item in value.items()}
    if isinstance(value, list):
        return [types(item) for item in value]
    return type(value).__name__


def as_bytes(value):
    if isinstance(value, dict):
        return {key: as_bytes(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_bytes(item) for item in value]
    return value.encode() if isinstance(value, str) else value


def unpacked(message):
    value = msgpack.unpackb(bytes.fromhex(message), raw=False, strict_map_key=False)
    return {"value": value, "types": types(value), "packed": msgpack.packb(value, use_bin_type=True).hex()}


def packed(value):
    ways = [(value, True), (value, False), (as_bytes(value), True), (as_bytes(value), False)]
    return [msgpack.packb(each, use_bin_type=bin_type).hex() for each, bin_type in ways]


given = json.load(sys.stdin)
answer = {"unpacked": [unpacked(each) for each in given["unpack"]], "packed": [packed(each) for each in given["pack"]]}
json.dump(answer, sys.stdout)
