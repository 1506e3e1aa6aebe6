"""Files are read several at a time, and come in their order."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from kb.errors import UnreadableSource
from kb.readers import read_ahead, read_source
from kb.readers.formats import SUFFIXES, Format
from kb.settings import Settings

PATHS = [Path(str(number)) for number in range(20)]


def number_of(path: Path, _stop: threading.Event) -> int:
    time.sleep(0.002 * (7 * int(path.name) % 5))  # the later may well be ready before the earlier
    return int(path.name)


@pytest.mark.parametrize("processes", [1, 2, 5, 40])
def test_the_order_is_that_of_the_files(processes: int) -> None:
    with closing(read_ahead(PATHS, number_of, processes=processes)) as files:
        assert [file.result() for file in files] == list(range(20))


def test_no_files() -> None:
    assert list(read_ahead([], number_of, processes=2)) == []


def test_as_many_as_allowed_are_read_at_once() -> None:
    both = threading.Barrier(2, timeout=30)

    def meet(_path: Path, _stop: threading.Event) -> int:
        return both.wait()  # breaks if the other does not come

    with closing(read_ahead(PATHS, meet, processes=2)) as files:
        assert sorted(file.result() for file in files) == [0] * 10 + [1] * 10


def test_a_file_that_fails_fails_in_its_place() -> None:
    def refuse_the_third(path: Path, _stop: threading.Event) -> str:
        if path.name == "2":
            raise UnreadableSource("It cannot be read.")
        return path.name

    with closing(read_ahead(PATHS[:5], refuse_the_third, processes=3)) as files:
        found = [file.exception() or file.result() for file in files]
    assert [str(item) for item in found] == ["0", "1", "It cannot be read.", "3", "4"]


def test_little_is_read_ahead_and_nothing_once_the_caller_stops() -> None:
    begun: list[Path] = []

    def wait(path: Path, stop: threading.Event) -> None:
        begun.append(path)
        if path.name != "0":
            assert stop.wait(60)

    with closing(read_ahead(PATHS, wait, processes=2)) as files:
        next(files).result()
    assert len(begun) <= 4


def test_a_process_is_ended_once_it_is_not_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "endless_reader.py").write_text(
        "import time\ndef read(data, name):\n    time.sleep(600)\n", "utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    endless = Format("endless_reader:read", is_text=False, hostile=True)
    monkeypatch.setitem(SUFFIXES, ".endless", endless)
    path = tmp_path / "a.endless"
    path.write_text("x", "utf-8")
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(UnreadableSource):
        read_source(path, Settings(), stop)
