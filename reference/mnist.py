"""MNIST, one-hot labels and mini-batches (sections 4.2.3 and 4.5.2)."""

import gzip
import hashlib
import importlib.util
import math
import os
import time
import urllib.request
import warnings
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .losses import check_labels

# The four files of the original distribution, in the order x_train, t_train, x_test, t_test, with
# the md5 of the uncompressed file: the content of MNIST, whatever the container.
IDX_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
IDX_IMAGES, IDX_LABELS = 2051, 2049  # the magic numbers that open an IDX file
KERAS_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SILENT_SECONDS = 10  # of a server that sends nothing
DOWNLOAD_SECONDS = 300  # for 11 MB: a server that sends a byte now and then would take for ever
DOWNLOAD_BYTES = 2**26  # more is not MNIST
OTHER_SOURCE = 'give another copy, or "embedded" for the 5,000 digits that come with this package'
SPLIT_SEED = 0  # of the 4,000/1,000 split of the embedded digits


class Mnist(NamedTuple):
    """Raw digits: images (N, 28, 28) uint8, labels (N,) uint8, and where they came from."""

    x_train: np.ndarray
    t_train: np.ndarray
    x_test: np.ndarray
    t_test: np.ndarray
    source: str


def load_mnist(normalize=True, flatten=True, one_hot_label=False, source=None):
    """Return the digits as the chapter uses them: ((x_train, t_train), (x_test, t_test)).

    normalize: pixels as float32 in 0..1 instead of uint8 in 0..255. flatten: images (N, 784)
    instead of (N, 1, 28, 28). one_hot_label: labels (N, 10) float32 instead of (N,) int64.
    source: see `read_mnist`. Raises what it raises.
    Source: section 4.2.3.

    >>> (x_train, t_train), (x_test, t_test) = load_mnist(one_hot_label=True, source="embedded")
    >>> x_train.shape, t_train.shape, x_test.shape, t_test.shape
    ((4000, 784), (4000, 10), (1000, 784), (1000, 10))
    """
    mnist = read_mnist(source)

    def images(x):
        x = x.reshape(-1, 784) if flatten else x.reshape(-1, 1, 28, 28)
        return np.divide(x, 255, dtype=np.float32) if normalize else x

    def labels(t):
        return one_hot(t).astype(np.float32) if one_hot_label else t.astype(np.int64)

    return (
        (images(mnist.x_train), labels(mnist.t_train)),
        (images(mnist.x_test), labels(mnist.t_test)),
    )


def one_hot(t, num_classes=10):
    """Return labels as rows of zeros with a one at the label, always num_classes columns.

    t: (N,) integers in 0..num_classes-1. Returns (N, num_classes)
    float64. Raises ValueError for another label: NumPy would take -1 for the last class.
    Source: section 4.2.3.

    >>> one_hot(np.array([1, 0]), num_classes=3)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    check_labels(t, len(t), num_classes)
    return np.eye(num_classes)[t]


def batch_masks(train_size, batch_size, iters_num, seed=None):
    """Draw the rows of iters_num mini-batches, with replacement, as the chapter does.

    train_size: number of rows to draw from. batch_size: rows in a batch, at most train_size.
    iters_num: number of batches. seed: of the draw; None draws from NumPy's global state.
    Returns (iters_num, batch_size) int64 in 0..train_size-1.
    Raises ValueError if batch_size exceeds train_size or a number is not positive.
    Source: section 4.5.2.

    >>> batch_masks(60000, 3, 2, seed=0)
    array([[ 2732, 43567, 42613],
           [52416, 45891, 21243]])
    """
    for name, number in (("batch_size", batch_size), ("iters_num", iters_num)):
        if number < 1:
            raise ValueError(f"{name} must be at least 1 (got {number})")
    if batch_size > train_size:
        raise ValueError(f"batch_size must be at most train_size = {train_size} (got {batch_size})")
    rng = np.random if seed is None else np.random.RandomState(seed)
    return rng.choice(train_size, (iters_num, batch_size))


def read_mnist(source=None):
    """Return the raw digits of the first source that has them.

    source: path of an `mnist.npz` (arrays x_train, y_train, x_test, y_test) or of a folder with
    the four IDX files, gzipped or not; "embedded" for the 5,000 real digits that come with
    Trueport; None for Keras's cached copy, else Keras's download, else the embedded digits with a
    warning.
    60,000 and 10,000 images claim to be MNIST and are held against its md5s.
    Raises FileNotFoundError for a source that is not there, ValueError for content that is
    truncated, malformed or not what it claims to be.

    >>> read_mnist("embedded").source
    'the 5,000 embedded MNIST digits, split 4,000/1,000 with seed 0'
    """
    if source == "embedded":
        return embedded_digits()
    if source is not None:
        return read_path(Path(source))
    cached = keras_cache()
    if not cached.exists():
        try:
            download(cached)
        except OSError as error:
            warnings.warn(
                f"MNIST could not be downloaded ({error}); using the embedded 5,000 digits",
                stacklevel=2,
            )
            return embedded_digits()
    return read_path(cached)


def read_path(path):
    """Return the digits of an npz file or a folder of IDX files, checked: see `read_mnist`."""
    if not path.exists():
        raise FileNotFoundError(
            f"no MNIST data at {path}: give an mnist.npz or a folder of the "
            f"four IDX files ({', '.join(IDX_MD5)})"
        )
    try:
        arrays = read_idx_folder(path) if path.is_dir() else read_npz(path)
    except FileNotFoundError:
        raise
    except Exception as error:  # zip, gzip and NumPy raise anything over bent bytes
        why = getattr(error, "strerror", None)
        told = f"cannot be read: {why}" if why else f"is truncated or not MNIST data: {error}"
        raise ValueError(f"{path} {told}; {OTHER_SOURCE}") from error
    try:
        verified = check_digits(arrays, path)
    except ValueError as error:
        raise ValueError(f"{error}; {OTHER_SOURCE}") from error
    kind = "MNIST, md5 verified" if verified else "not the whole of MNIST"
    x_train, t_train, x_test, t_test = arrays
    return Mnist(x_train, t_train, x_test, t_test, f"{path} ({kind})")


def read_npz(path):
    """Return the four arrays of an npz file, which is a zip of npy files."""
    arrays = []
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        for key in ("x_train", "y_train", "x_test", "y_test"):
            with archive.open(f"{key}.npy") as member:
                arrays.append(np.lib.format.read_array(member, allow_pickle=False))
    return arrays


def read_idx_folder(folder):
    """Return the four arrays of a folder of IDX files, gzipped or not."""
    arrays = []
    for name in IDX_MD5:
        path = next((p for p in (folder / name, folder / f"{name}.gz") if p.exists()), None)
        if path is None:
            raise FileNotFoundError(f"{folder} has neither {name} nor {name}.gz")
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            arrays.append(parse_idx(file.read(), path))
    return arrays


def parse_idx(data, path):
    """Return the array in the bytes of one IDX file: big-endian magic and sizes, then the values.

    >>> parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 5]), "labels")
    array([7, 5], dtype=uint8)
    """
    magic = int.from_bytes(data[:4], "big")
    if magic not in (IDX_IMAGES, IDX_LABELS):
        raise ValueError(f"{path} must open with {IDX_IMAGES} or {IDX_LABELS} (got {magic})")
    ndim = magic % 256
    shape = tuple(np.frombuffer(data, ">u4", count=ndim, offset=4).tolist())
    size, have = math.prod(shape), len(data) - 4 - 4 * ndim
    if have != size:
        raise ValueError(f"{path} must hold {size} values after its header (got {have})")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * ndim).reshape(shape)


def idx_md5(array):
    """Return the md5 that an array has as an uncompressed IDX file.

    >>> idx_md5(np.array([7, 5], dtype=np.uint8))
    '34b99867f52f04619d6e8de0f5c49acb'
    """
    magic = IDX_IMAGES if array.ndim == 3 else IDX_LABELS
    header = np.array([magic, *array.shape], dtype=">u4").tobytes()
    md5 = hashlib.md5(header, usedforsecurity=False)
    md5.update(np.ascontiguousarray(array).data)  # of the very bytes: no copy of 47 MB
    return md5.hexdigest()


def check_digits(arrays, path):
    """Return whether the four arrays are MNIST, md5 by md5; ValueError if they are no digits.

    arrays: a list, whose arrays are then contiguous and uint8.
    """
    for name, x, t in (("train", *arrays[:2]), ("test", *arrays[2:])):
        if x.shape[1:] != (28, 28) or t.shape != x.shape[:1] or len(x) == 0:
            raise ValueError(
                f"{path}: {name} images must be (N, 28, 28) with N > 0 and labels "
                f"(N,) (got {x.shape} and {t.shape})"
            )
        if not all(np.issubdtype(a.dtype, np.number) for a in (x, t)):
            raise ValueError(
                f"{path}: {name} images and labels must be numbers (got {x.dtype} and {t.dtype})"
            )
        for what, values, top in ((f"{name} pixels", x, 255), (f"{name} labels", t, 9)):
            if values.dtype == np.uint8 and values.max() <= top:  # whole, and never below 0
                continue
            wrong = ~((values >= 0) & (values <= top) & (values == np.floor(values)))  # and NaN
            if wrong.any():
                index = np.unravel_index(np.argmax(wrong), wrong.shape)
                raise ValueError(
                    f"{path}: {what} must be whole numbers in 0..{top} (got "
                    f"{values[index]} at index {tuple(map(int, index))})"
                )
    arrays[:] = [np.ascontiguousarray(array, dtype=np.uint8) for array in arrays]
    if len(arrays[0]) != 60000 or len(arrays[2]) != 10000:
        return False
    for array, (name, md5) in zip(arrays, IDX_MD5.items(), strict=True):
        if (got := idx_md5(array)) != md5:
            raise ValueError(
                f"{path} has the size of MNIST but not its content: as {name} its md5 "
                f"must be {md5} (got {got})"
            )
    return True


def keras_cache():
    """Return where `keras.datasets.mnist` keeps its copy: one download serves every twin."""
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    return Path(home) / "datasets" / "mnist.npz"


def download(path):
    """Fetch Keras's copy of MNIST to path: whole and verified, or not at all. Raises OSError."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        content, end = bytearray(), time.monotonic() + DOWNLOAD_SECONDS
        with urllib.request.urlopen(KERAS_URL, timeout=SILENT_SECONDS) as response:
            while more := response.read1(2**16):
                content += more
                if len(content) > DOWNLOAD_BYTES or time.monotonic() > end:
                    raise ValueError(f"broken off at {len(content)} bytes: too slow, or too many")
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        if not check_digits(read_npz(part), KERAS_URL):
            raise ValueError("it is not the whole of MNIST")
        part.replace(path)
    except Exception as error:  # as for files, and what the network does
        raise OSError(f"no MNIST from {KERAS_URL}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def embedded_digits():
    """Return 5,000 of MNIST's training digits, 500 a class, that come with Trueport.

    Shuffled with a fixed seed and split 4,000 to 1,000; trueport/digits.txt says where they come
    from. Raises FileNotFoundError where Python finds no package `trueport`.
    """
    found = importlib.util.find_spec("trueport")  # looks for it, and does not import it
    if found is None or found.origin is None:
        raise FileNotFoundError(
            "the embedded digits lie in the folder trueport, which Python does not find: start it "
            "in the root of the repository, or give a file of digits"
        )
    with np.load(Path(found.origin).with_name("digits.npz"), allow_pickle=False) as digits:
        x, t = digits["x"], digits["t"]
    order = np.random.RandomState(SPLIT_SEED).permutation(len(x))
    x, t = x[order], t[order]
    source = f"the 5,000 embedded MNIST digits, split 4,000/1,000 with seed {SPLIT_SEED}"
    return Mnist(x[:4000], t[:4000], x[4000:], t[4000:], source)
