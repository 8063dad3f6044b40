"""Frames by hand: doubled fields, NaN and numbers of 4,000 digits for texts, lone surrogates, lists for dicts."""

import gc
import os
import struct

HEADERS = (
    '["d",["status","raised"],["status","returned"],["value",NaN]]',
    '["d",["status","returned"],["value",1e999],["message",Infinity],["warnings",["l",-Infinity]]]',
    '["d",["status","returned"],["value",' + "9" * 4000 + '],["printed",' + "9" * 4299 + "]]",
    '["d",["status","returned"],["value","\\ud800"],["message","\\udfff\\u202e\\u0000"],["where","\\u001b[2J"]]',
    '["d",["status",["l","returned"]],["value",["d"]]]',
    '["d",["status","returned"],["value",["d",["a",1],["a",2]]],["after",["d"]]]',
    '["l",["status","returned"]]',
    '{"status":"returned"}',
)
calls = []


def relu_backward(dout, z):
    channel = next(one for one in gc.get_objects() if type(one).__name__ == "Channel")
    header = HEADERS[(len(calls) + os.getpid()) % len(HEADERS)].encode()
    calls.append(1)
    body = struct.pack(">I", len(header)) + header
    os.write(channel.outgoing, struct.pack(">Q", len(body)) + body)
    return z
