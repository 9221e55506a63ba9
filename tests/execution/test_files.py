"""Files that are written whole or not at all, and what is said where they cannot be."""

import errno
import os
from pathlib import Path

import pytest

from trueport.compare.execution import process
from trueport.compare.execution.files import WriteError, write_atomically


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.ENOENT])
def test_a_worker_whose_file_finds_no_room_ends_and_blames_no_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(process, "EXIT_NOW", ended.append)
    with process.hold_disk_to_account(), write_atomically(tmp_path / "training.npz"):
        raise OSError(number, os.strerror(number))
    assert ended == [process.DISK_FAILED]
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError) as error, write_atomically(tmp_path / "a.npz"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(error.value) == f"cannot write {tmp_path / 'a.npz'}: No space left on device"
    assert error.value.errno == errno.ENOSPC
