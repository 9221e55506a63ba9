"""Why a folder cannot be held: another run is in it, or the system says no."""

import errno
import fcntl
import io
import os
from pathlib import Path
from typing import Any

import pytest

from trueport.compare.execution import lock
from trueport.compare.execution.files import WriteError
from trueport.compare.execution.lock import lock_folder


def refuse(number: int) -> Any:
    def flock(*given: object) -> None:
        raise OSError(number, os.strerror(number))

    return flock


def test_a_folder_in_use_names_whose_it_is(tmp_path: Path) -> None:
    with lock_folder(tmp_path), pytest.raises(ValueError, match=f"in use by process {os.getpid()}"):
        lock_folder(tmp_path)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EIO])
def test_a_lock_that_the_system_refuses_is_no_other_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(fcntl, "flock", refuse(number))
    with pytest.raises(WriteError) as raised:
        lock_folder(tmp_path)
    assert str(raised.value) == f"cannot lock {tmp_path / '.lock'}: {os.strerror(number)}"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL])
def test_a_file_system_without_locks_lets_a_run_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(fcntl, "flock", refuse(number))
    with lock_folder(tmp_path):
        assert (tmp_path / ".lock").read_text() == str(os.getpid())


def test_a_folder_in_use_is_refused_where_its_file_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was let in as if there were no locks, and wrote over the other's number."""

    class Unreadable(io.FileIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    with lock_folder(tmp_path):
        (tmp_path / ".lock").write_text("4711")
        monkeypatch.setattr(
            lock.os, "fdopen", lambda number, *how, **more: Unreadable(number, "r+")
        )
        with pytest.raises(ValueError, match="in use by process unknown: wait"):
            lock_folder(tmp_path)
        assert (tmp_path / ".lock").read_text() == "4711"
