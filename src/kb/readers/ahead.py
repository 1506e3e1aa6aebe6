"""Reading several files at a time, with what comes of them in the order of the files.

A hostile file is read in a process of its own, and starting that takes longer than most files. So
a few are read at once, and no more ahead than that: whatever follows sees them one by one, as if
they had been read so.

    with closing(read_ahead(paths, read, processes=2)) as files:
        for file in files:
            file.result()              # what `read` returned, or raises what it raised
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from pathlib import Path

T = TypeVar("T")


def read_ahead(
    paths: Iterable[Path], read: Callable[[Path, threading.Event], T], *, processes: int
) -> Generator[Future[T], None, None]:
    """Yield the outcomes of reading files, in their order.

    When the caller stops, so does what is being read.

    Args:
        paths: the files.
        read: is called in a thread with a path and an event, which says to give up once it is set.
        processes: how many files are read at once.
    """
    left = iter(paths)
    stop = threading.Event()
    pool = ThreadPoolExecutor(processes, thread_name_prefix="reading")
    try:
        ahead = deque(pool.submit(read, path, stop) for path in islice(left, processes + 1))
        while ahead:
            yield ahead.popleft()
            ahead.extend(pool.submit(read, path, stop) for path in islice(left, 1))
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
