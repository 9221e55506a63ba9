"""Where the digits come from, and what is refused: no test here reaches the network."""

import gzip
import hashlib
import http.client
import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from framework_process import FRAMEWORK_OF
from paths import WHOLE_MNIST

from trueport import reference
from trueport.reference import mnist
from trueport.reference.mnist import batch_masks, load_mnist, one_hot, read_mnist

TWINS = ("torch_impl", "keras_impl")
FORMS = {
    "as the chapter has them": {"one_hot_label": True},
    "labels": {"one_hot_label": False},
    "raw pixels": {"normalize": False},
    "as images": {"flatten": False},
}
needs_whole_mnist = pytest.mark.skipif(
    not WHOLE_MNIST.exists(), reason=f"no MNIST at {WHOLE_MNIST}: name one in TRUEPORT_MNIST"
)


def digits(train: int = 12, test: int = 5) -> dict[str, np.ndarray]:
    rng = np.random.RandomState(0)
    return {
        "x_train": rng.randint(256, size=(train, 28, 28)).astype(np.uint8),
        "y_train": rng.randint(10, size=train).astype(np.uint8),
        "x_test": rng.randint(256, size=(test, 28, 28)).astype(np.uint8),
        "y_test": rng.randint(10, size=test).astype(np.uint8),
    }


def write_npz(path: Path, **changed: np.ndarray) -> Path:
    np.savez(path, **{**digits(), **changed})
    return path


def write_idx(folder: Path, gzipped: bool = False) -> Path:
    folder.mkdir()
    for name, array in zip(mnist.IDX_MD5, digits().values(), strict=True):
        magic = mnist.IDX_IMAGES if array.ndim == 3 else mnist.IDX_LABELS
        data = np.array([magic, *array.shape], ">u4").tobytes() + array.tobytes()
        if gzipped:
            (folder / f"{name}.gz").write_bytes(gzip.compress(data))
        else:
            (folder / name).write_bytes(data)
    return folder


def assert_digits(got: mnist.Mnist) -> None:
    for array, want in zip(got[:4], digits().values(), strict=True):
        assert array.dtype == np.uint8
        np.testing.assert_array_equal(array, want)


def test_an_npz_is_read(tmp_path: Path) -> None:
    assert_digits(read_mnist(write_npz(tmp_path / "mnist.npz")))


@pytest.mark.parametrize("gzipped", [False, True], ids=["plain", "gzipped"])
def test_a_folder_of_idx_files_is_read(tmp_path: Path, gzipped: bool) -> None:
    assert_digits(read_mnist(write_idx(tmp_path / "idx", gzipped)))


def test_a_part_of_mnist_does_not_claim_to_be_the_whole(tmp_path: Path) -> None:
    assert "not the whole" in read_mnist(write_npz(tmp_path / "mnist.npz")).source


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_mnist(tmp_path / "nowhere")


@pytest.mark.parametrize("name", mnist.IDX_MD5)
def test_a_missing_idx_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_idx(tmp_path / "idx")
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        read_mnist(folder)


# np.load leaves the file open if its zip is broken.
@pytest.mark.parametrize("kept", [0, 1000, -1])
def test_a_truncated_npz_is_refused(tmp_path: Path, kept: int) -> None:
    path = write_npz(tmp_path / "mnist.npz")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"mnist\.npz is truncated"):
        read_mnist(path)


@pytest.mark.parametrize("gzipped", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize("kept", [0, 6, 1000, -1])
def test_a_truncated_idx_file_is_refused(tmp_path: Path, kept: int, gzipped: bool) -> None:
    folder = write_idx(tmp_path / "idx", gzipped)
    path = next(folder.glob("train-images*"))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"truncated|must open with|must hold|buffer"):
        read_mnist(folder)


def test_another_magic_number_is_refused(tmp_path: Path) -> None:
    folder = write_idx(tmp_path / "idx")
    path = folder / "train-labels-idx1-ubyte"
    path.write_bytes(b"\x00\x00\x0d\x01" + path.read_bytes()[4:])  # IDX of float32
    with pytest.raises(ValueError, match="must open with 2051 or 2049"):
        read_mnist(folder)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"x_train": np.full((12, 28, 28), np.nan)}, "train pixels .*got nan"),
        ({"x_test": np.full((5, 28, 28), 256)}, "test pixels .*got 256"),
        ({"x_train": np.full((12, 28, 28), 0.5)}, "train pixels .*got 0.5"),
        ({"y_train": np.full(12, 10)}, "train labels .*got 10"),
        ({"y_test": np.full(5, -1)}, "test labels .*got -1"),
        ({"y_test": np.zeros(4, np.uint8)}, "test images must be"),
        ({"x_train": np.zeros((12, 784), np.uint8)}, "train images must be"),
        ({"x_train": np.zeros((0, 28, 28)), "y_train": np.zeros(0)}, "train images must be"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_are_no_digits_is_refused(tmp_path: Path, changed: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_mnist(write_npz(tmp_path / "mnist.npz", **changed))


def test_an_npz_without_its_arrays_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with pytest.raises(ValueError, match="not MNIST data"):
        read_mnist(tmp_path / "other.npz")


@pytest.mark.parametrize("damage", ["two bytes", "an npy", "bad deflate"])
def test_a_damaged_npz_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "mnist.npz"
    if damage == "two bytes":
        path.write_bytes(b"PK")
    elif damage == "an npy":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    else:
        np.savez_compressed(path, **digits())
        content = bytearray(path.read_bytes())
        start = 30 + sum(struct.unpack("<HH", content[26:30]))  # behind the first local header
        content[start] = 0x07  # a block type that deflate does not have
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"mnist\.npz is truncated or not MNIST"):
        read_mnist(path)


def test_a_download_that_breaks_off_gives_the_embedded_digits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(url: str, timeout: float) -> None:
        raise http.client.IncompleteRead(b"half")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(mnist.urllib.request, "urlopen", break_off)
    with pytest.warns(UserWarning, match="embedded 5,000"):
        read_mnist()


def test_a_download_that_is_not_mnist_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = io.BytesIO(b"<html>log in to this network</html>")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(mnist.urllib.request, "urlopen", lambda url, timeout: page)
    with pytest.warns(UserWarning, match=r"not a zip file.*embedded 5,000"):
        read_mnist()
    assert not (tmp_path / "datasets" / "mnist.npz").exists()


def test_the_size_of_mnist_without_its_content_is_refused() -> None:
    sizes = ((60000, 28, 28), (60000,), (10000, 28, 28), (10000,))
    with pytest.raises(ValueError, match="train-images-idx3-ubyte its md5 must be"):
        mnist.check_digits([np.zeros(size, np.uint8) for size in sizes], "zeros")


@needs_whole_mnist
def test_the_whole_of_mnist_is_known_by_its_md5() -> None:
    assert read_mnist(WHOLE_MNIST).source.endswith("(MNIST, md5 verified)")


def test_keras_cache_is_read_first_and_nothing_is_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(mnist.urllib.request, "urlopen", lambda *a, **k: pytest.fail("downloads"))
    (tmp_path / "datasets").mkdir()
    write_npz(tmp_path / "datasets" / "mnist.npz")
    assert_digits(read_mnist())


def test_a_download_is_kept_where_keras_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    stand_in = write_npz(tmp_path / "mnist.npz")
    monkeypatch.setattr(mnist.urllib.request, "urlopen", lambda url, timeout: stand_in.open("rb"))
    monkeypatch.setattr(mnist, "check_digits", lambda arrays, path: True)
    assert_digits(read_mnist())
    assert [p.name for p in (tmp_path / "home" / "datasets").iterdir()] == ["mnist.npz"]


def test_a_failed_download_gives_the_embedded_digits_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(url: str, timeout: float) -> None:
        raise OSError("no route")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(mnist.urllib.request, "urlopen", refuse)
    with pytest.warns(UserWarning, match=r"no route.*embedded 5,000"):
        got = read_mnist()
    assert (len(got.x_train), len(got.x_test)) == (4000, 1000)
    assert not (tmp_path / "datasets").exists()


def test_one_hot_has_every_column_whatever_the_sample_holds() -> None:
    np.testing.assert_array_equal(one_hot(np.array([3, 7])).nonzero()[1], [3, 7])
    assert one_hot(np.array([3, 7])).shape == (2, 10)


@pytest.mark.parametrize(("batch_size", "iters_num"), [(0, 1), (1, 0), (11, 1)])
def test_impossible_batches_are_refused(batch_size: int, iters_num: int) -> None:
    with pytest.raises(ValueError, match="must be at"):
        batch_masks(10, batch_size, iters_num)


@pytest.fixture(scope="module")
def npz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("npz") / "mnist.npz")


@pytest.fixture(scope="module")
def twins(npz: Path, ask_framework: Any) -> dict[str, Any]:
    whole = str(WHOLE_MNIST) if WHOLE_MNIST.exists() else ""
    question = "mnist_worker.load_digits"
    return {
        twin: ask_framework(FRAMEWORK_OF[twin], question, twin, str(npz), whole, FORMS)
        for twin in TWINS
    }


@pytest.fixture(scope="module")
def by_keras(npz: Path, ask_framework: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("keras")
    return ask_framework("keras", "mnist_worker.load_by_keras", str(home), str(npz))


def mark(array: np.ndarray) -> list[Any]:
    content = np.ascontiguousarray(array).tobytes()
    return [list(array.shape), str(array.dtype), hashlib.sha256(content).hexdigest()]


def marks(source: str | Path, form: dict[str, bool]) -> list[Any]:
    return [mark(array) for pair in load_mnist(source=source, **form) for array in pair]


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("form", FORMS)
def test_the_twins_have_the_same_arrays_to_the_bit(
    twins: Any, npz: Path, twin: str, form: str
) -> None:
    assert twins[twin]["embedded"][form] == marks("embedded", FORMS[form])
    assert twins[twin]["npz"][form] == marks(npz, FORMS[form])


@needs_whole_mnist
@pytest.mark.parametrize("twin", TWINS)
def test_the_twins_have_the_same_60000_digits_to_the_bit(twins: Any, twin: str) -> None:
    assert twins[twin]["whole"] == marks(WHOLE_MNIST, FORMS["as the chapter has them"])


@pytest.mark.parametrize("twin", TWINS)
def test_a_twins_one_hot_is_numeric_with_every_column(twins: Any, twin: str) -> None:
    assert twins[twin]["one_hot"] == [one_hot(np.array([3, 7])).tolist(), "float64"]


@pytest.mark.parametrize("twin", TWINS)
def test_a_twin_refuses_a_label_without_a_column(twins: Any, twin: str) -> None:
    assert twins[twin]["outside"] == "ValueError: labels must lie in 0..9 (got 12 at index 1)"


@pytest.mark.parametrize("twin", TWINS)
def test_a_twins_batches_are_int64_rows_reproducible_from_a_seed(twins: Any, twin: str) -> None:
    assert twins[twin]["masks"] == [[3, 4], "int64"]
    assert twins[twin]["masks again"]
    assert twins[twin]["masks range"] == [0, 2]


@pytest.mark.parametrize("twin", TWINS)
def test_a_twin_refuses_the_batches_that_the_reference_refuses(twins: Any, twin: str) -> None:
    refused = []
    for sizes in ((0, 1), (1, 0), (11, 1)):
        with pytest.raises(ValueError, match="must be at") as caught:
            batch_masks(10, *sizes)
        refused.append(f"ValueError: {caught.value}")
    assert twins[twin]["impossible"] == refused


@pytest.mark.parametrize("twin", TWINS)
def test_a_twin_loads_without_warnings(twins: Any, twin: str) -> None:
    assert twins[twin]["warned"] == []


def test_the_keras_twin_takes_the_digits_from_keras_datasets(by_keras: Any) -> None:
    assert by_keras["route"] == [[mark(a) for a in digits().values()], []]


def test_the_keras_twin_falls_back_to_the_embedded_digits_with_a_warning(by_keras: Any) -> None:
    got, warned = by_keras["fallback"]
    assert got == [mark(array) for array in read_mnist("embedded")[:4]]
    [message] = warned
    assert "no route" in message
    assert "embedded 5,000" in message


def test_half_a_download_is_not_left_for_the_next_time(by_keras: Any) -> None:
    assert not by_keras["left behind"]


def test_the_keras_twin_reads_a_cached_copy_that_keras_would_refuse(by_keras: Any) -> None:
    assert by_keras["cache"] == [[mark(a) for a in digits().values()], []]
    assert by_keras["cache kept"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((10, 11, 5), r"batch_size must be at most train_size = 10 \(got 11\)"),
        ((10, 0, 5), r"batch_size must be at least 1 \(got 0\)"),
        ((10, 5, -1), r"iters_num must be at least 1 \(got -1\)"),
    ],
)
def test_batches_that_cannot_be_drawn_are_refused(arguments, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        reference.batch_masks(*arguments, seed=0)


def test_batches_are_drawn_with_replacement() -> None:
    masks = reference.batch_masks(10, 10, 50, seed=0)
    assert any(len(set(mask.tolist())) < 10 for mask in masks)
    assert set(masks.ravel().tolist()) == set(range(10))
