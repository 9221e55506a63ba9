"""Cases and arrays on disk: trueport.compare.suite.case."""

import ast
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from trueport.compare.suite.case import load_arrays, save_arrays


def test_threads_that_read_arrays_parse_one_header_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {f"a{n}": np.arange(n) for n in range(6)}
    save_arrays(tmp_path / "a.npz", written)
    parsing, collisions, parse = threading.Lock(), [], ast.parse

    def parse_slowly(*args, **kwargs):
        if not parsing.acquire(blocking=False):
            collisions.append(args)
            return parse(*args, **kwargs)
        time.sleep(0.001)
        found = parse(*args, **kwargs)
        parsing.release()
        return found

    monkeypatch.setattr(ast, "parse", parse_slowly)
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(load_arrays, [tmp_path / "a.npz"] * 12))
    assert not collisions
    assert all(np.array_equal(arrays[name], written[name]) for arrays in read for name in written)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"0001\.npz cannot be read: .*No such file"):
        load_arrays(tmp_path / "0001.npz")
