"""The digits of `--data`: whatever is wrong with them is one sentence, and no pickle is loaded."""

import bz2
import contextlib
import gzip
import http.server
import io
import lzma
import os
import random
import re
import socketserver
import threading
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from trueport.compare.cli import main
from trueport.reference import mnist

FLIPS = int(os.environ.get("TRUEPORT_FLIPS", "3000"))
RNG = np.random.RandomState(0)
DIGITS = {
    "x_train": RNG.randint(256, size=(12, 28, 28)).astype(np.uint8),
    "y_train": RNG.randint(10, size=12).astype(np.uint8),
    "x_test": RNG.randint(256, size=(5, 28, 28)).astype(np.uint8),
    "y_test": RNG.randint(10, size=5).astype(np.uint8),
}


class Trap:
    """Makes a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def write(path: Path, **changed: np.ndarray) -> Path:
    np.savez(path, **(DIGITS | changed))
    return path


def edit(change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = write(folder / "mnist.npz")
        path.write_bytes(change(path.read_bytes()))
        return path

    return make


def pack(method: int, name: str = "mnist.npz") -> Callable[[Path], Path]:
    """The same arrays in a zip of another kind."""

    def make(folder: Path) -> Path:
        with zipfile.ZipFile(write(folder / "plain.npz")) as plain:
            members = {member: plain.read(member) for member in plain.namelist()}
        with zipfile.ZipFile(folder / name, "w", method) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return folder / name

    return make


def changed(**arrays: np.ndarray) -> Callable[[Path], Path]:
    return lambda folder: write(folder / "mnist.npz", **arrays)


def with_header(shape: str) -> Callable[[Path], Path]:
    """An array that claims another shape in its header."""

    def make(folder: Path) -> Path:
        file = io.BytesIO()
        np.save(file, DIGITS["x_train"])
        claimed = file.getvalue().replace(b"(12, 28, 28)", shape.encode())
        return replace_member(folder, claimed)

    return make


def replace_member(folder: Path, content: bytes) -> Path:
    with zipfile.ZipFile(folder / "mnist.npz", "w") as archive:
        for name, array in DIGITS.items():
            file = io.BytesIO()
            np.save(file, array)
            archive.writestr(f"{name}.npy", content if name == "x_train" else file.getvalue())
    return folder / "mnist.npz"


def with_pickle(folder: Path) -> Path:
    trapped = np.array([Trap(folder / "sprung")], dtype=object)
    np.savez(folder / "mnist.npz", allow_pickle=True, **(DIGITS | {"x_train": trapped}))
    return folder / "mnist.npz"


def encrypt(content: bytes) -> bytes:
    """Set the flag of an encrypted member, in both of its headers."""
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(sign) + at
        content = content[:place] + bytes([content[place] | 1]) + content[place + 1 :]
    return content


def name_method(content: bytes, method: int = 93) -> bytes:
    """Claim a compression that this Python may not have: zstandard."""
    for sign, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = content.index(sign) + at
        content = content[:place] + method.to_bytes(2, "little") + content[place + 2 :]
    return content


def spoil_packed(method: int) -> Callable[[Path], Path]:
    """A compressed npz, one byte of whose stream is another."""

    def make(folder: Path) -> Path:
        path = pack(method)(folder)
        content = bytearray(path.read_bytes())
        content[3000] ^= 0x55
        path.write_bytes(content)
        return path

    return make


def write_idx(folder: Path, gzipped: bool = False) -> Path:
    folder.mkdir()
    for name, array in zip(mnist.IDX_MD5, DIGITS.values(), strict=True):
        magic = mnist.IDX_IMAGES if array.ndim == 3 else mnist.IDX_LABELS
        content = np.array([magic, *array.shape], ">u4").tobytes() + array.tobytes()
        path = folder / (f"{name}.gz" if gzipped else name)
        path.write_bytes(gzip.compress(content) if gzipped else content)
    return folder


def edit_idx(
    name: str, change: Callable[[bytes], bytes], gzipped: bool = False
) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = write_idx(folder / "idx", gzipped) / name
        path.write_bytes(change(path.read_bytes()))
        return folder / "idx"

    return make


def swap_idx(folder: Path) -> Path:
    """The images in the file of the labels, and the other way round."""
    idx = write_idx(folder / "idx")
    contents = [(idx / name).read_bytes() for name in (IMAGES, LABELS)]
    (idx / LABELS).write_bytes(contents[0])
    (idx / IMAGES).write_bytes(contents[1])
    return idx


IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
CANNOT = "is truncated or not MNIST data"
WRONG = {
    "nothing there": (lambda folder: folder / "nowhere.npz", "no MNIST data at"),
    "an empty file": (edit(lambda content: b""), CANNOT),
    "half of it": (edit(lambda content: content[: len(content) // 2]), CANNOT),
    "without its last byte": (edit(lambda content: content[:-1]), CANNOT),
    "a bit of the pixels": (edit(lambda c: c[:3000] + bytes([c[3000] ^ 1]) + c[3001:]), "CRC"),
    "zeros": (edit(lambda content: bytes(len(content))), CANNOT),
    "a page": (edit(lambda content: b"<html>log in to this network</html>"), CANNOT),
    "encrypted": (edit(encrypt), f"{CANNOT}.*encrypted"),
    "an unknown compression": (edit(name_method), CANNOT),
    "deflated and spoilt": (spoil_packed(zipfile.ZIP_DEFLATED), CANNOT),
    "bzip2 and spoilt": (spoil_packed(zipfile.ZIP_BZIP2), CANNOT),
    "lzma and spoilt": (spoil_packed(zipfile.ZIP_LZMA), CANNOT),
    "gzip over the npz": (edit(gzip.compress), CANNOT),
    "bzip2 over the npz": (edit(bz2.compress), CANNOT),
    "xz over the npz": (edit(lzma.compress), CANNOT),
    "a pickle in the npz": (with_pickle, f"{CANNOT}.*allow_pickle=False"),
    "a shape of terabytes": (with_header("(9999999999, 28, 28)"), CANNOT),
    "a shape below zero": (with_header("(-12, 28, 28)"), CANNOT),
    "a header that is no header": (
        lambda f: replace_member(f, b"\x93NUMPY\x01\x00\x02\x00{("),
        CANNOT,
    ),
    "arrays by other names": (
        lambda f: np.savez(f / "a.npz", x=DIGITS["x_train"]) or f / "a.npz",
        f"{CANNOT}.*x_train",
    ),
    "a label too high": (changed(y_train=np.full(12, 10)), "train labels must be whole.*got 10"),
    "a label below zero": (changed(y_test=np.full(5, -1)), "test labels must be whole.*got -1"),
    "a label between": (changed(y_test=np.full(5, 0.5)), "test labels must be whole.*got 0.5"),
    "labels too few": (changed(y_test=np.zeros(4, np.uint8)), r"test images must be.*\(4,\)"),
    "labels as one-hot": (changed(y_test=np.eye(10)[:5]), "test images must be.*and labels"),
    "text for labels": (changed(y_test=np.array(list("12345"))), "must be numbers"),
    "images of 32 pixels": (changed(x_train=np.zeros((12, 32, 32), np.uint8)), "train images must"),
    "images in colour": (changed(x_train=np.zeros((12, 28, 28, 3), np.uint8)), "train images must"),
    "flat images": (changed(x_test=np.zeros((5, 784), np.uint8)), "test images must be"),
    "no images": (changed(x_test=np.zeros((0, 28, 28)), y_test=np.zeros(0)), "test images must be"),
    "pixels of 0 to 1": (changed(x_train=np.full((12, 28, 28), 0.5)), "train pixels must be whole"),
    "pixels that are nan": (changed(x_train=np.full((12, 28, 28), np.nan)), "train pixels .*nan"),
    "a folder without files": (lambda folder: folder, "has neither train-images"),
    "IDX of another magic": (
        edit_idx(LABELS, lambda c: b"\0\0\r\1" + c[4:]),
        "must open with 2051",
    ),
    "IDX cut off": (edit_idx(IMAGES, lambda content: content[:-1]), "must hold 9408 values"),
    "IDX with more": (edit_idx(IMAGES, lambda content: content + b"1"), "must hold 9408 values"),
    "IDX of one label less": (
        edit_idx(LABELS, lambda c: c[:4] + b"\0\0\0\x0b" + c[8:-1]),
        r"train images must be.*\(11,\)",
    ),
    "IDX with a count that wraps": (
        edit_idx(IMAGES, lambda c: c[:4] + b"\x80\0\0\0\x80\0\0\0\0\0\0\4"),
        "must hold 18446744073709551616 values",
    ),
    "an empty IDX": (edit_idx(IMAGES, lambda content: b""), "must open with 2051 or 2049"),
    "IDX exchanged": (swap_idx, "train images must be"),
    "gzip cut off": (edit_idx(f"{IMAGES}.gz", lambda c: c[:-9], True), CANNOT),
    "gzip spoilt": (edit_idx(f"{IMAGES}.gz", lambda c: c[:999] + b"????" + c[1003:], True), CANNOT),
    "no gzip": (edit_idx(f"{IMAGES}.gz", lambda content: b"plain", True), CANNOT),
}


@pytest.mark.parametrize("row", WRONG)
def test_what_is_wrong_with_the_digits_is_one_sentence(tmp_path: Path, row: str) -> None:
    make, words = WRONG[row]
    given = ["run", "--data", str(make(tmp_path)), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, given)
    assert (done.exit_code, type(done.exception)) == (2, SystemExit), done.output
    assert done.output.startswith("Error: ")
    assert done.output.count("\n") == 1, done.output
    assert re.search(words, done.output), done.output
    assert str(tmp_path) in done.output
    assert "give a" in done.output or "has neither" in done.output
    assert not (tmp_path / "sprung").exists()


RIGHT = {
    "deflated": pack(zipfile.ZIP_DEFLATED),
    "in bzip2": pack(zipfile.ZIP_BZIP2),
    "in lzma": pack(zipfile.ZIP_LZMA),
    "by another name": pack(zipfile.ZIP_STORED, "digits.png"),
    "labels as int64": changed(y_train=DIGITS["y_train"].astype(np.int64)),
    "pixels as floats": changed(x_train=DIGITS["x_train"].astype(np.float64)),
    "in Fortran's order": changed(x_train=np.asfortranarray(DIGITS["x_train"])),
    "big-endian": changed(x_train=DIGITS["x_train"].astype(">i4")),
    "IDX": lambda folder: write_idx(folder / "idx"),
    "IDX in gzip": lambda folder: write_idx(folder / "idx", gzipped=True),
}


@pytest.mark.parametrize("row", RIGHT)
def test_the_same_digits_in_another_form_are_read(tmp_path: Path, row: str) -> None:
    found = mnist.read_mnist(RIGHT[row](tmp_path))
    for array, want in zip(found[:4], DIGITS.values(), strict=True):
        np.testing.assert_array_equal(array, want)


def assert_read_or_refused(path: Path) -> bool:
    """Whether it was refused; if not, these are the digits."""
    try:
        found = mnist.read_mnist(path)
    except ValueError as error:
        words = str(error)
    else:
        words = ""
        for array, want in zip(found[:4], DIGITS.values(), strict=True):
            np.testing.assert_array_equal(array, want)
    assert not words or str(path) in words
    return bool(words)


def flip_bytes(path: Path, count: int, seed: int) -> int:
    """Change a byte anywhere, as often as that; how often it was noticed."""
    whole, chance, refused = path.read_bytes(), random.Random(seed), 0
    for _ in range(count):
        content = bytearray(whole)
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        refused += assert_read_or_refused(path)
    return refused


def test_a_bit_flipped_anywhere_changes_no_digit(tmp_path: Path) -> None:
    assert flip_bytes(write(tmp_path / "mnist.npz"), 150, seed=0) > 100


@pytest.mark.sweep
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_bits_flipped_anywhere_change_no_digit(tmp_path: Path, method: int) -> None:
    assert flip_bytes(pack(method)(tmp_path), FLIPS, seed=1) > FLIPS // 2


@contextlib.contextmanager
def serve(answer: Callable[[http.server.BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server of this machine alone, which answers so."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(OSError):  # whoever asked has gone
                answer(self)

        def log_message(self, *words: object) -> None:
            pass

    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/mnist.npz"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(content: bytes, length: int | None = None) -> Callable[..., None]:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def stall(handler: http.server.BaseHTTPRequestHandler) -> None:
    send(b"PK", 1000)(handler)
    handler.wfile.flush()
    time.sleep(5)


def trickle(handler: http.server.BaseHTTPRequestHandler) -> None:
    send(b"PK", 1000)(handler)
    for _ in range(50):
        handler.wfile.write(b"P")
        time.sleep(0.1)


def never_end(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(10_000):
        handler.wfile.write(bytes(2**16))


def small_npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, **DIGITS)
    return file.getvalue()


DOWNLOADS = {
    "it stalls": (stall, "timed out"),
    "it trickles": (trickle, "too slow"),
    "it never ends": (never_end, "too many"),
    "it breaks half-way": (send(small_npz()[:5000], 11_490_434), "not a zip file|IncompleteRead"),
    "another page": (send(b"<html>log in to this network</html>"), "not a zip file"),
    "other digits": (send(small_npz()), "not the whole of MNIST"),
    "not found": (lambda handler: handler.send_error(404), "404"),
    "an error of the server": (lambda handler: handler.send_error(503), "503"),
    "no answer": (lambda handler: None, "without response|reset"),
}


@pytest.mark.parametrize("row", DOWNLOADS)
def test_a_download_that_fails_gives_the_embedded_digits_and_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    answer, words = DOWNLOADS[row]
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(mnist, "SILENT_SECONDS", 0.5)
    monkeypatch.setattr(mnist, "DOWNLOAD_SECONDS", 1.0)
    monkeypatch.setattr(mnist, "DOWNLOAD_BYTES", 2**20)
    with serve(answer) as url, warnings.catch_warnings():
        warnings.simplefilter("error")
        monkeypatch.setattr(mnist, "KERAS_URL", url)
        with pytest.warns(UserWarning, match=f"{url}.*({words}).*embedded 5,000") as caught:
            found = mnist.read_mnist()
    assert len(caught) == 1
    assert len(found.x_train) == 4000
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
