"""What the system itself keeps from a user's process, where it lets us: the network, their folder.

Linux can give a process a network of its own, with nothing in it, and a folder over which a layer
lies that takes up what is written. It needs no privilege where user namespaces are allowed. Neither
is a sandbox: the process still reads whatever its user may read.
"""

import contextlib
import ctypes
import fcntl
import os
import socket
import struct
import sys
import tempfile
from pathlib import Path

NETWORK_OFF = "off by the system"
NETWORK_REFUSED = "refused in Python alone"
NETWORK_OPEN = "open"
FOLDER_COVERED = "what is written there is thrown away"
FOLDER_OPEN = "what is written there stays"

# of <linux/sched.h>, <linux/mount.h> and <linux/sockios.h>
NEW_USER, NEW_NETWORK, NEW_MOUNTS = 0x10000000, 0x40000000, 0x00020000
BIND, RECURSIVE, SLAVE, DETACH = 0x1000, 0x4000, 0x80000, 2
SET_FLAGS, UP = 0x8914, 1
LAYER_SIZE = "4g"  # of what may be written into the folder
NOT_HELD = {"network": NETWORK_OPEN, "folder": FOLDER_OPEN}  # a port that is installed
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
    try:
        leave_network()
    except OSError:  # what could not be done is told
        return told
    told["network"] = NETWORK_OFF
    with contextlib.suppress(OSError):
        raise_loopback()
    with contextlib.suppress(OSError):
        if folder is not None:
            cover_folder(folder, kept, Path(tempfile.mkdtemp(prefix="layer-")))
            told["folder"] = FOLDER_COVERED
    return told


def leave_network() -> None:
    """Move into a network, and a list of mounts, of this process's own. Raises OSError."""
    try:
        unshare(NEW_NETWORK | NEW_MOUNTS)
    except PermissionError:
        # root would lose its rights to the files of all others
        if os.geteuid() == 0 or not can_be_alone():
            raise
        become_alone(NEW_NETWORK | NEW_MOUNTS)


def become_alone(flags: int) -> None:
    """Move into a user namespace in which this user is the only one. Raises OSError."""
    user, group = os.geteuid(), os.getegid()
    unshare(NEW_USER | flags)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def can_be_alone() -> bool:
    """Whether `become_alone` works, tried in a child: half of it leaves a process of nobody's."""
    if child := os.fork():
        return os.waitpid(child, 0)[1] == 0
    status = 1
    try:
        become_alone(0)
        status = 0
    finally:
        os._exit(status)


def raise_loopback() -> None:
    """Let this machine's own address work: a file may talk with a process that it starts."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", UP))


def cover_folder(folder: Path, kept: Path, layer: Path) -> None:
    """Lay a layer in memory over a folder, which ends with this process. Raises OSError.

    A folder that holds another file system is left: it would not be seen through the layer.
    """
    lines = Path("/proc/self/mountinfo").read_bytes().split(b"\n")
    places = [line.split(b" ")[4] for line in lines if line.count(b" ") > 4]
    if any(folder in Path(os.fsdecode(place)).parents for place in places):
        raise OSError(f"{folder} holds another file system")
    if APART & set(f"{folder}{layer}"):
        raise OSError(f"{folder} has a name that no overlay can be asked for")
    call_mount(None, "/", None, RECURSIVE | SLAVE)  # or what is mounted here would be everywhere
    call_mount("tmpfs", str(layer), "tmpfs", 0, f"mode=700,size={LAYER_SIZE}")
    for name in ("upper", "work"):
        (layer / name).mkdir()
    asked = f"lowerdir={folder},upperdir={layer}/upper,workdir={layer}/work"
    if os.geteuid():  # a folder that is removed and made again has a mark, for a user in this form
        os.setxattr(layer / "upper", "user.trueport", b"y")  # which memory had not before Linux 6.6
        asked += ",userxattr"
    own = os.open(kept, os.O_PATH)
    try:
        call_mount("overlay", str(folder), "overlay", 0, asked)
        put_back(own, kept, folder)
    finally:
        os.close(own)
        check(load_libc().umount2(os.fsencode(layer), DETACH))  # the overlay keeps it
        layer.rmdir()  # among the port's temporary files it would be in its way


def put_back(own: int, kept: Path, folder: Path) -> None:
    """Put a folder, open as own, over its place in the layer, or else remove that again.

    Raises OSError.
    """
    try:
        if kept.is_relative_to(folder):
            call_mount(f"/proc/self/fd/{own}", str(kept), None, BIND | RECURSIVE)
    except OSError:
        check(load_libc().umount2(os.fsencode(folder), DETACH))
        raise


def unshare(flags: int) -> None:
    """As `os.unshare`, which Python has from 3.12 on."""
    check(load_libc().unshare(flags))


def call_mount(
    source: str | None, place: str, kind: str | None, flags: int, options: str = ""
) -> None:
    """Put a file system at a place, or one place at another. Raises OSError."""
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
