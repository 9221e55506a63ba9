"""What the system itself keeps from a user's process, where it lets us: the network, their folder.

Linux can give a process a network of its own, with nothing in it, and a folder over which a layer
lies that takes up what is written. It needs no privilege where user namespaces are allowed. Neither
is a sandbox: the process still reads whatever its user may read.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

NETWORK_OFF = "off by the system"
NETWORK_REFUSED = "refused in Python alone"
FOLDER_COVERED = "what is written there is thrown away"
FOLDER_OPEN = "what is written there stays"

HELD = (("network", NETWORK_OFF), ("folder", FOLDER_COVERED))

# of <linux/sched.h>, <linux/mount.h> and <linux/sockios.h>
NEW_USER, NEW_NETWORK, NEW_MOUNTS = 0x10000000, 0x40000000, 0x00020000
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 1
APART = set("\\,: \t\n")  # at which an overlay's options, or the list of mounts, are taken apart


def isolate_process(folder: Path | None, kept: Path) -> dict[str, str]:
    """Take the network from this process and all that it starts, and cover a folder.

    Call it before there is a thread. Where the system refuses, `sandbox.restrict_process` holds
    Python's own sockets back, and nothing holds the folder.

    folder: where the user's code is run; None for what is installed. kept: a folder in which what
    this process writes stays, wherever it lies.

    Returns in words how "network" and "folder" are held.
    """
    told = {"network": NETWORK_REFUSED, "folder": FOLDER_OPEN}
    if sys.platform != "linux":
        return told
    layer = Path(tempfile.mkdtemp(prefix="layer-"))
    steps = [leave_network, *([partial(cover_folder, folder, kept, layer)] if folder else [])]
    possible = count_possible(steps)
    try:
        for step, (key, word) in zip(steps[:possible], HELD, strict=False):
            step()
            told[key] = word
    except OSError:  # a thread was there, which the child had not
        return told
    return told


def count_possible(steps: Sequence[Callable[[], None]]) -> int:
    """Return how many of the steps can be done, tried in a child: half a step cannot be undone."""
    if child := os.fork():
        return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
    done = 0
    try:
        for step in steps:
            step()
            done += 1
    finally:
        os._exit(done)


def leave_network() -> None:
    """Move into a network that holds this machine's own address alone. Raises OSError."""
    user, group = os.geteuid(), os.getegid()
    try:
        unshare(NEW_NETWORK | NEW_MOUNTS)
    except PermissionError:
        if user == 0:  # it would lose its rights to the files of all others
            raise
        unshare(NEW_USER | NEW_NETWORK | NEW_MOUNTS)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    mount(None, "/", None, RECURSIVE | PRIVATE)  # or what is mounted here would be everywhere
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, GET_FLAGS, asked))[1]
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", flags | UP))


def cover_folder(folder: Path, kept: Path, layer: Path) -> None:
    """Lay a layer in memory over a folder, which ends with this process. Raises OSError.

    A folder that holds another file system is left: it would not be seen through the layer.
    """
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    if any(folder in Path(line.split()[4]).parents for line in lines):
        raise OSError(f"{folder} holds another file system")
    if APART & set(f"{folder}{layer}"):
        raise OSError(f"{folder} has a name that no overlay can be asked for")
    mount("tmpfs", str(layer), "tmpfs", 0, "mode=700")
    for name in ("upper", "work"):
        (layer / name).mkdir()
    own = os.open(kept, os.O_PATH) if kept.is_relative_to(folder) else None
    asked = f"lowerdir={folder},upperdir={layer}/upper,workdir={layer}/work"
    try:
        mount("overlay", str(folder), "overlay", 0, asked)
    except PermissionError:  # as a user
        mount("overlay", str(folder), "overlay", 0, asked + ",userxattr")
    if own is not None:
        mount(f"/proc/self/fd/{own}", str(kept), None, BIND | RECURSIVE)
        os.close(own)


def unshare(flags: int) -> None:
    """As `os.unshare`, which Python has from 3.12 on."""
    check(load_libc().unshare(flags))


def mount(source: str | None, place: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount something, as mount(2) has it. Raises OSError."""
    names = [None if name is None else os.fsencode(name) for name in (source, place, kind)]
    check(load_libc().mount(*names, ctypes.c_ulong(flags), os.fsencode(options)))


def load_libc() -> ctypes.CDLL:
    """Return the C library of this process."""
    return ctypes.CDLL(None, use_errno=True)


def check(status: int) -> None:
    """Raise the OSError of a call into C that failed."""
    if status:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
