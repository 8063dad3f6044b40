"""The process inside the sandbox: it runs the student's cells and calls, and answers in plain data.

It is started by the grader (see ``isolation/sandbox.py``), holds no reference and no expected value, and nothing that
it says is believed beyond what a student's function could have returned anyway.
"""

import contextlib
import errno
import getpass
import os
import resource
import sys
import types
from collections.abc import Callable

from numpy.random import Generator

from .attempt import Printed, attempt, observed
from .cells import Notebook
from .compiling import AfterImport, Watch, keep_nothing, share_no_lock
from .sealed import Seal
from .wire import LENGTH, Callback, Seed, WireError, decode, encode, error_of, in_order, left_of, plain


class Channel:
    """Messages over two descriptors that nothing else in the process is meant to use."""

    def __init__(self, incoming: int, outgoing: int):
        self.incoming = os.fdopen(incoming, "rb")
        self.outgoing = outgoing

    def receive(self):
        """The next message; EOFError when the grader has gone."""
        length = self.incoming.read(LENGTH.size)
        if len(length) < LENGTH.size:
            raise EOFError
        return decode(self.incoming.read(*LENGTH.unpack(length)))

    def send(self, message):
        frame = memoryview(encode(message))
        while frame:
            frame = frame[os.write(self.outgoing, frame) :]


class Server:
    """Does what the grader asks, cell by cell or call by call, and answers after each."""

    def __init__(self, channel: Channel, seal: Seal):
        self.channel = channel
        self.seal = seal
        self.watch = Watch(lambda begins: channel.send({"status": "compiling" if begins else "compiled"}))
        self.notebook = Notebook(self.mind_numba)
        sys.modules["__main__"] = self.notebook.module  # where pickle and timeit look for what cells define
        self.stand_ins: dict[str, Callable] = {}
        sys.meta_path[:0] = [
            AfterImport("numba", self.greet_numba),
            AfterImport("IPython", self.notebook.greet_ipython),
        ]
        self.errors = Printed()  # one for all cells, as in Jupyter: what keeps it, such as a logger, reaches it later

    def serve(self):
        steps = {"expect": self.expect, "cells": self.run_cell, "calls": self.call, "stand_ins": self.stand_in}
        while True:
            try:
                kind, requests = self.channel.receive()
            except EOFError:
                return
            for request in requests:
                self.mind_numba()
                answer = steps[kind](*request)
                try:
                    self.channel.send(answer)
                except WireError as error:
                    self.channel.send({"status": "raised", "error": "TooLarge", "message": f"the result has {error}"})

    def greet_numba(self):
        """What is to be done once, when the student's code imports it."""
        share_no_lock()
        self.mind_numba()

    def mind_numba(self):
        """What is to be done as soon as the student's code has imported it."""
        self.watch.attach()
        keep_nothing()

    def expect(self, source: str, only_definitions: bool, shown: bool) -> dict:
        """Look at a cell before any is run."""
        try:
            self.notebook.expect(source, only_definitions)
        except (MemoryError, RecursionError) as error:
            return self.notebook.describe(error)
        return {}

    def run_cell(self, source: str, only_definitions: bool, shown: bool) -> dict:
        """Run a cell; whether it warns is decided by Python's own filters, and by those that earlier cells have set."""
        self.errors.text = ""
        with contextlib.redirect_stdout(Printed()), contextlib.redirect_stderr(self.errors):
            said = self.notebook.run(source, only_definitions, shown)
        return {**said, "stderr": self.errors.text}

    def call(self, name: str, arguments: list, parameters: list) -> dict:
        """Call the student's function by position; the fields of the Outcome that can be seen from inside."""
        self.seal.reset()
        given = list(map(self.given, arguments))
        function = self.notebook.found(name)
        self.notebook.namespace.update(self.stand_ins)
        with observed() as seen:
            facts = attempt(function, dict(zip(parameters, given, strict=True)), plain, self.notebook.has_written)
        if self.seal.used:
            facts = {"status": "reference_used", "message": self.seal.used}
        after = list(map(left_of, arguments, given))
        return {**facts, "after": after, "printed": seen.printed, "warnings": seen.warnings}

    def stand_in(self, name: str, callback: Callback) -> dict:
        """Have a function of the grader's in the place of what the notebook defines, in every call from now on."""
        self.stand_ins[name] = self.remote(callback)
        return {}

    def given(self, argument):
        """What the function gets for an argument as it was sent."""
        if isinstance(argument, Seed):
            return argument.generator()
        return self.remote(argument) if isinstance(argument, Callback) else argument

    def remote(self, callback: Callback):
        """A function whose values the grader computes, outside; a generator goes there as a seed that it draws."""

        def function(*arguments, **named):
            arguments = in_order(callback.names, arguments, named)
            arguments = [Seed.drawn_by(a) if type(a) is Generator else a for a in arguments]
            self.channel.send({"status": "callback", "number": callback.number, "arguments": arguments})
            answer = self.channel.receive()
            if "error" in answer:
                raise error_of(answer["error"], answer["message"])
            return arguments[answer["argument"]] if "argument" in answer else answer["value"]

        return function


def limit_resources(limits: dict):
    """Lower this process's limits for good; being unprivileged, it cannot raise them again."""
    for name, value in limits.items():
        number = getattr(resource, name)
        _, hard = resource.getrlimit(number)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (value, value))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # short of memory, the kernel should end this process first, and not the grader


def without_locks() -> types.ModuleType:
    """What multiprocessing needs to be imported. Its locks would wait forever, as no box may wake other processes."""

    class SemLock:
        SEM_VALUE_MAX = 1

        def __new__(cls, *_, **__):
            raise OSError(errno.ENOSYS, "no processes here, use threads: a lock cannot be shared between processes")

    module = types.ModuleType("_multiprocessing")
    module.SemLock, module.sem_unlink, module.flags = SemLock, os.unlink, {}
    return module


def main():
    channel = Channel(os.dup(0), os.dup(1))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    setting = channel.receive()
    limit_resources(setting["limits"])
    del sys.argv[1:]
    sys.path.append("")  # the working folder, last: no file of a student's is found in the place of a library
    sys.modules["_multiprocessing"] = without_locks()
    os.getlogin = getpass.getuser  # who has no terminal has no other login
    seal = Seal(setting["constants"])
    seal.install()
    channel.send({"status": "ready"})
    Server(channel, seal).serve()
