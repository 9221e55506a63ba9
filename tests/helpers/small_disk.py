"""A disk of some kilobytes in memory, where the machine lets us mount one."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


def mount(*arguments: str | Path) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mount is not allowed here: {done.stderr.strip()}")


@contextlib.contextmanager
def mount_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a disk of that size on a folder for the length of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def resize(folder: Path, kilobytes: int) -> None:
    """Give the disk on a folder another size."""
    mount("-o", f"remount,size={kilobytes}k", folder)


def make_read_only(folder: Path) -> None:
    """Let the disk on a folder take no changes any more."""
    mount("-o", "remount,ro", folder)


def make_writable(folder: Path) -> None:
    mount("-o", "remount,rw", folder)
