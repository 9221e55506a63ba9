"""What cannot run on a machine is told from what is wrong, with what to do about it."""

import signal
import sys
import time
import types
from pathlib import Path

import pytest

import trueport.compare
from trueport.compare.ports.user_code.errors import (
    NotComparableError,
    SlowImportError,
    UserCodeTimeout,
)
from trueport.compare.ports.user_code.loading import load_user_module
from trueport.compare.ports.user_code.machine import find_machine_reason
from trueport.compare.ports.user_code.own_modules import is_own_place
from trueport.compare.ports.user_code.sandbox import limit_time
from trueport.compare.ports.user_code.source import name_other_python

EXIT = "import sys\ntry:\n    import no_such_package as np\nexcept ImportError:\n    sys.exit(1)\n"
RAISE = (
    "try:\n    import no_such_package as np\nexcept ImportError as error:\n"
    "    raise RuntimeError('install it') from error\n"
)
PARSER = (
    "import argparse\nparser = argparse.ArgumentParser()\n"
    "parser.add_argument('--eps', required=True)\nargs = parser.parse_args()\n"
)


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("import no_such_package as np\n", "np", "pip install no_such_package"),
        ("import cv2_not_here.sub as c\n", "c", "--python PATH"),
        ("from no_such_package import *\n", "*", "no_such_package is not installed"),
        ("from numpy import no_such_name\n", "no_such_name", "another version"),
        ("import numpy.no_such_part as part\n", "part", "another version"),
        (EXIT, "np", "no_such_package is not installed"),
        (RAISE, "np", "no_such_package is not installed"),
        ("import no_such_package as p\nclass Net(p.Module):\n    pass\n", "Net", "no_such_package"),
        ("raise_it = open('no/such/file.csv')\n", "raise_it", "/no/such/file.csv, which is not"),
        ("import sys\nEPS = float(sys.argv[1])\n", "EPS", "command-line arguments"),
        ("import sys\n_, eps = sys.argv\n", "eps", "command-line arguments"),
        (PARSER, "args", "command-line arguments"),
        ("import os\nK = os.environ['NO_SUCH_VARIABLE']\n", "K", "'NO_SUCH_VARIABLE': set it"),
        ("import numpy as np\nK = np.float_(1)\n", "K", "older version"),
        ("K = {}['no']\n", "K", "line 1, `K = {}['no']`, was not run (KeyError"),
        ("if __name__ == '__main__':\n    K = 1\n", "K", "is not run by an import"),
    ],
)
def test_a_name_that_is_not_there_has_the_reason_of_the_line_that_makes_it(
    text: str, name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a_target_of_a_test.py"
    file.write_text(text)
    monkeypatch.setattr("sys.argv", [str(file)])
    monkeypatch.setattr("sys.modules", dict(__import__("sys").modules))
    unbound = load_user_module(file, None).unbound
    assert words in unbound[name]
    error = NameError("name", name=name)
    assert find_machine_reason(error, unbound) == unbound[name]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AssertionError("Torch not compiled with CUDA enabled"), "needs a GPU"),
        (RuntimeError("Found no NVIDIA driver on your system."), "needs a GPU"),
        (RuntimeError("Unknown backend: 'gpu' requested"), "needs a GPU"),
        (OSError("<urlopen error no network here: Trueport runs a target offline>"), "downloads"),
        (FileNotFoundError(2, "No such file", "mnist.pkl"), "mnist.pkl, which is not there"),
        (RuntimeError("tf.placeholder() is not compatible with eager execution."), "for graphs"),
        (RuntimeError("No working C++ compiler found"), "no compiler can be used"),
        (EOFError("the file asks for input('?'), and nobody is there to answer"), "a default"),
        (NotComparableError("it has a convolution"), "it has a convolution"),
        (TypeError("softmax() missing 1 required argument: 'gpu'"), ""),
        (NameError("name 'cuda' is not defined", name="cuda"), ""),
        (IndexError("list index out of range"), ""),
        (ValueError("operands could not be broadcast together"), ""),
    ],
)
def test_an_error_of_the_machine_is_told_from_one_of_the_code(error: Exception, words: str) -> None:
    reason = find_machine_reason(error)
    assert (words in reason) if words else (reason == "")


def test_what_an_error_was_raised_from_counts() -> None:
    error = RuntimeError("not there")
    error.__cause__ = ModuleNotFoundError("No module named 'einops'", name="einops")
    assert "pip install einops" in find_machine_reason(error)
    error.__cause__ = ValueError("another")
    assert find_machine_reason(error) == ""


@pytest.mark.parametrize(
    ("message", "line", "version"),
    [
        ("expected '('", "def softmax[T](x: T) -> T:", "3.12 or newer"),
        ("invalid syntax", "type Array = list[float]", "3.12 or newer"),
        ("f-string: expecting '}'", 'print(f"{"a"}")', "3.12 or newer"),
        ("Missing parentheses in call to 'print'. Did you mean print(...)?", "print 'a'", "2"),
        ("multiple exception types must be parenthesized", "except A, e:", "2"),
        ("expected ':'", "def softmax(x)", ""),
        ("invalid syntax", "return x +", ""),
    ],
)
def test_another_python_is_named(message: str, line: str, version: str) -> None:
    said = name_other_python(message, line)
    assert (f"written for Python {version}" in said) if version else (said == "")


def test_a_package_of_the_users_own_is_not_to_be_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "src" / "a_package_of_mine"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.setattr("sys.path", [str(tmp_path), *sys.path])
    error = ModuleNotFoundError("No module named 'a_package_of_mine'", name="a_package_of_mine")
    reason = find_machine_reason(error)
    assert f"a_package_of_mine lies in {tmp_path / 'src'}" in reason
    assert "pip install" not in reason


@pytest.mark.parametrize(
    ("file", "words"),
    [("functions.py", "not in your own a_module_of_mine"), ("", "not in what stands here for")],
)
def test_whose_package_lacks_a_name(
    file: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("a_module_of_mine")
    module.__file__ = str(tmp_path / file) if file else None
    monkeypatch.setitem(sys.modules, "a_module_of_mine", module)
    error = ImportError("cannot import name 'relu'", name="a_module_of_mine")
    assert words in find_machine_reason(error)


def test_an_import_that_takes_long_is_no_fault_of_its_line() -> None:
    assert "when less runs on it" in find_machine_reason(SlowImportError("the import took long"))
    assert "make it quicker" in find_machine_reason(UserCodeTimeout("it took more than 5 s"))


@pytest.mark.parametrize(
    ("place", "own"),
    [
        (__file__, True),
        (pytest.__file__, False),
        (str(Path(types.__file__)), False),
        ("/any/where/lib/site-packages/numpy/ma/core.py", False),
        (f"{sys.base_prefix}/src/project/net.py", True),
        ("<frozen importlib>", False),
        ("", False),
    ],
)
def test_the_users_own_files_are_told_from_what_is_installed(place: str, own: bool) -> None:
    """A project may stand below an interpreter's prefix; a library may stand in another one's."""
    assert is_own_place(place) is own


def test_an_alarm_of_the_users_own_goes_off_all_the_same() -> None:
    """As pytest-timeout sets one: a limit of ours in between must not put it out."""
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append("theirs"))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with limit_time(60.0, "ours"):
            time.sleep(0.1)
        time.sleep(0.1)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    assert rung == ["theirs"]


@pytest.mark.parametrize(("where", "told"), [("judging/judge.py", True), ("../../mine.py", False)])
def test_a_mistake_of_our_own_is_no_finding(where: str, told: bool) -> None:
    file = Path(trueport.compare.__file__).parent / where
    with pytest.raises(NameError) as error:
        exec(compile("\n\nno_such_name", str(file.resolve()), "exec"), {})
    words = "a mistake of Trueport's own, and no finding (NameError: name 'no_such_name' is not"
    assert find_machine_reason(error.value).startswith(words) == told
