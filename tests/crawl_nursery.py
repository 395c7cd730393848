"""The child process of a crawl, forked from one that has imported what every crawl imports.

A crawl costs 1.9 s of processor time, 1.4 s of them imports, and the tests run some 150. The nursery
(``python -m tests.crawl_nursery FD``) imports them once a test process; each crawl is a fork of it that runs
``harvesters.crawl`` as ``__main__`` with the arguments, environment, folder, pipes and session the product asked for.
To the product it is its child like any other: for the moment of the fork the test process takes in orphans, so its pid,
status and signals are real. Tests of how a process starts and dies take the fixture ``real_children`` instead, and so
does whatever runs a command of its own.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

MODULE = "harvesters.crawl"
ROOT = Path(__file__).parents[1]
PRELOADED = ("scrapy.crawler", "harvesters.scrapy_settings", "harvesters.spiders.rendering", "harvesters.spiders.site")

_TAKE_IN_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER of linux/prctl.h
_MOST = 1 << 17  # bytes of one request, its environment above all
_lock = threading.Lock()
_nursery: list[tuple[socket.socket, subprocess.Popen[bytes]]] = []


class Child(subprocess.Popen[bytes]):
    """A ``Popen`` whose process is forked from the nursery; any other command than a crawl's starts as ever."""

    def _execute_child(self, *args: Any) -> None:
        # in the order of subprocess.Popen.__init__, which hands all of them over by position
        command, cwd, env = args[0], args[5], args[6]
        theirs, ours = (args[10], args[13], args[15]), (args[11], args[12], args[14])
        if list(command[:4]) != [sys.executable, "-P", "-m", MODULE]:
            super()._execute_child(*args)  # type: ignore[misc]
            return
        asked = json.dumps({"arguments": command[4:], "folder": str(cwd or Path.cwd()), "environment": env}).encode()
        with _lock:
            libc = ctypes.CDLL(None)
            nursery = _started()
            libc.prctl(_TAKE_IN_ORPHANS, 1, 0, 0, 0)
            try:
                socket.send_fds(nursery, [asked], theirs)
                self.pid = int(nursery.recv(32))
            finally:
                libc.prctl(_TAKE_IN_ORPHANS, 0, 0, 0, 0)
        self._child_created = True
        for end, kept in zip(theirs, ours, strict=True):
            if kept != -1:  # a pipe of this call, not a file the caller owns
                os.close(end)


class _Subprocess:
    Popen = Child

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)


def install() -> None:
    """Let every crawl of this process start from the nursery, where the system can do it."""
    if sys.platform == "linux":
        # not above: in the nursery it must not be there before it is run
        vars(importlib.import_module(MODULE))["subprocess"] = _Subprocess()


def _started() -> socket.socket:
    """This end of the nursery's socket; it ends when this end closes, with this process at the latest."""
    if not _nursery:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.crawl_nursery", str(there.fileno())],
                cwd=ROOT,
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # a fork has the one thread that forked: no pool of numpy's may be there to be lost
                env={**os.environ, "PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,
            )
        _nursery.append((here, process))
    return _nursery[0][0]


# ------------------------------------------------------------------ the nursery


def serve(door: socket.socket) -> None:
    """Fork a crawl for each request until the door closes; in the fork, run it and return."""
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    while True:
        asked, files, _, _ = socket.recv_fds(door, _MOST, 3)
        if not asked:
            return
        told, tells = os.pipe()
        between = os.fork()
        if not between:
            pid = os.fork()
            if pid:
                os.write(tells, str(pid).encode())
                os._exit(0)
            for end in (told, tells):
                os.close(end)
            door.close()
            _crawl(json.loads(asked), files)
            return
        os.waitpid(between, 0)  # now the crawl is an orphan, and has been taken in
        door.send(os.read(told, 32))
        for end in (told, tells, *files):
            os.close(end)


def _crawl(asked: dict[str, Any], files: list[int]) -> None:
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    sys.argv[1:] = asked["arguments"]
    runpy.run_module(MODULE, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
