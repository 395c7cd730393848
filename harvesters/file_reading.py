"""Files are read in a child process that time and memory bound: whatever a file is made to do, it does there.

The parent (``FileReader``) hands bytes to a child over a pipe and waits no longer than the time a file may take; a
child that hangs, outgrows its memory or dies is ended and the file is told as refused or unreadable, and the next file
gets a child of its own. The child (``main``) reads one file after another.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import selectors
import signal
import struct
import subprocess
import sys
import time
from types import TracebackType
from typing import IO, Any, Final

from harvesters.reading.files.facts import Bounds, FileOutcome, FileRead
from harvesters.reading.files.kinds import kind_of_bytes
from harvesters.reading.grids.grid import Grid
from storage import settings
from storage.exceptions import FileReaderNotStarted
from storage.settings import Settings

_START_S: Final = 60.0  # a child on a busy machine, its libraries loaded
_TABLES_SHARE: Final = 0.7  # of the time: then no more tables are sought, so that the text is still told
_MB: Final = 2**20
_MOST_ANSWER: Final = 256 * _MB  # text and tables are bounded far below


class FileReader:
    """Reads files, one at a time, in a child that is started with the first and ended with the context."""

    def __init__(self, limits: Settings | None = None) -> None:
        self._limits = limits or settings.load()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> FileReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(self, body: bytes, name: str) -> FileRead:
        """What a file says; what cannot be told within the bounds is an outcome like any other.

        :raises FileReaderNotStarted: the child does not start on this machine, which says nothing of the file.
        """
        limits = self._limits
        if len(body) > limits.file_bytes:
            words = f"文件有 {len(body) / _MB:.1f} MB，超过上限 {limits.file_bytes / _MB:.0f} MB，未读取"
            return FileRead(kind=kind_of_bytes(body[:4096]), outcome=FileOutcome.REFUSED, detail=words)
        child = self._ready()
        answer = self._asked(child, body, name)
        if isinstance(answer, FileOutcome):
            self._end()
            seconds = f"读取超过 {limits.file_read_s:g} 秒，已停止"
            gone = f"读取该文件的进程异常退出（内存上限 {limits.file_read_mb} MB），不读取"
            words = seconds if answer is FileOutcome.REFUSED else gone
            return FileRead(kind=kind_of_bytes(body), outcome=FileOutcome.REFUSED, detail=words)
        return answer

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            limits = self._limits
            bounds = (str(limits.file_pages), str(limits.file_read_mb), str(limits.file_read_s))
            self._end()
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "harvesters.file_reading", *bounds],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=settings.child_environment(),
            )
            try:
                _take(self._child, time.monotonic() + _START_S)  # says that its libraries are loaded
            except (EOFError, TimeoutError) as problem:
                self._end()
                raise FileReaderNotStarted("the process that reads files did not start") from problem
        return self._child

    def _asked(self, child: subprocess.Popen[bytes], body: bytes, name: str) -> FileRead | FileOutcome:
        """The answer; REFUSED: not in time; UNREADABLE: the child is gone, most often for want of memory."""
        until = time.monotonic() + self._limits.file_read_s
        assert child.stdin is not None
        try:
            for part in (name.encode("utf-8", "replace"), body):
                child.stdin.write(struct.pack("<Q", len(part)) + part)
            child.stdin.flush()
            answer = _take(child, until)
        except (BrokenPipeError, EOFError):
            return FileOutcome.UNREADABLE
        except TimeoutError:
            return FileOutcome.REFUSED
        return _read_of(json.loads(answer))

    def _end(self) -> None:
        if self._child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._child = None


def _take(child: subprocess.Popen[bytes], until: float) -> bytes:
    """One answer of the child.

    :raises EOFError: it is gone.
    :raises TimeoutError: it did not answer in time.
    """
    assert child.stdout is not None
    (size,) = struct.unpack("<Q", _exactly(child.stdout, 8, until))
    if size > _MOST_ANSWER:
        raise EOFError
    return _exactly(child.stdout, size, until)


def _exactly(pipe: IO[bytes], size: int, until: float) -> bytes:
    told = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while len(told) < size:
            left = until - time.monotonic()
            if left <= 0 or not waiting.select(left):
                raise TimeoutError
            part = os.read(pipe.fileno(), min(size - len(told), 1 << 20))
            if not part:
                raise EOFError
            told += part
    return bytes(told)


def _read_of(data: dict[str, Any]) -> FileRead:
    grids = tuple(
        Grid(name=one["name"], rows=tuple((number, tuple(cells)) for number, cells in one["rows"]))
        for one in data.pop("grids")
    )
    return FileRead(**data | {"outcome": FileOutcome(data["outcome"]), "members": tuple(data["members"])}, grids=grids)


# ------------------------------------------------------------------ the child


def main() -> None:
    """Reads files from standard input until it ends: name and bytes, each behind its length; answers as JSON."""
    pages, megabytes, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    from harvesters.reading.files import read_file

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * _MB, megabytes * _MB))
    _answer(out, b"{}")
    while name := _part(sys.stdin.buffer):
        body = _part(sys.stdin.buffer)
        if body is None:
            return
        bounds = Bounds(pages=pages, until=time.monotonic() + _TABLES_SHARE * seconds)
        try:
            told = _as_json(read_file(body, name.decode(), bounds))
        except MemoryError:
            words = f"读取该文件需要的内存超过 {megabytes} MB，已停止"
            kind = kind_of_bytes(body[: 1 << 16])
            told = _as_json(FileRead(kind=kind, outcome=FileOutcome.REFUSED, detail=words))
        _answer(out, told)


def _as_json(read: FileRead) -> bytes:
    grids = [{"name": one.name, "rows": one.rows} for one in read.grids]
    return json.dumps(vars(read) | {"grids": grids}, ensure_ascii=False).encode("utf-8", "replace")


def _part(pipe: IO[bytes]) -> bytes | None:
    head = pipe.read(8)
    return pipe.read(struct.unpack("<Q", head)[0]) if len(head) == 8 else None


def _answer(out: int, told: bytes) -> None:
    rest = memoryview(struct.pack("<Q", len(told)) + told)
    while rest:
        rest = rest[os.write(out, rest) :]


if __name__ == "__main__":
    main()
