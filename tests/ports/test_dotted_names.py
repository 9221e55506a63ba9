"""A dotted name is found from the folder that holds the package, an import from its root."""

from pathlib import Path

import pytest
from installed import write_files
from own_files import RIGHT, list_statuses

from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

PACKAGE = {
    "my_package/__init__.py": "",
    "my_package/util.py": RIGHT,
    "my_package/relative.py": "from .util import softmax\n",
    "my_package/absolute.py": "from my_package.util import softmax\n",
    "my_package/sub/__init__.py": "from .two_up import softmax\n",
    "my_package/sub/two_up.py": "from ..util import softmax\n",
    "my_package/sub/absolute.py": "from my_package.util import softmax\n",
    "my_package/both.py": RIGHT,
    "single.py": RIGHT,
    "no_init/port.py": "from no_init.util import softmax as own\n\nsoftmax = own\n",
    "no_init/util.py": RIGHT,
    "broken/__init__.py": "import no_such_thing\n",
    "broken/port.py": RIGHT,
}
SOFTMAX = {"softmax": "faithful"}


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("my_package.relative", SOFTMAX),
        ("my_package.absolute", SOFTMAX),
        ("my_package.sub.two_up", SOFTMAX),
        ("my_package.sub.absolute", SOFTMAX),
        ("my_package.sub", SOFTMAX),
        ("my_package/sub/absolute.py", SOFTMAX),
        ("my_package/sub/two_up.py", SOFTMAX),
        ("my_package.both:softmax", SOFTMAX),
        ("no_init.port", SOFTMAX),
        ("single", SOFTMAX | {"sigmoid": "faithful"}),
    ],
)
def test_a_dotted_name_counts_from_the_folder_that_holds_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, wanted: dict[str, str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, PACKAGE))
    seen = check(target, Options(dtypes=("float64",)))
    assert list_statuses(seen) == wanted, seen.notes


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("my_package.relativ", "did you mean my_package/relative.py?"),
        ("my_package.none", "there is no file my_package.none and no module of that name"),
        ("nobodys_package.port", "no module of that name"),
        ("my_package.util:sofmax", "did you mean softmax?"),
        ("my_package.util.softmax", "no module of that name"),
        ("no_init", "is a folder, not a package: name one of its files: port.py, util.py"),
    ],
)
def test_one_that_is_not_there_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, words: str
) -> None:
    monkeypatch.chdir(write_files(tmp_path, PACKAGE))
    with pytest.raises(ValueError, match=r".") as error:
        check(target, Options())
    assert words in str(error.value)


def test_a_package_that_cannot_be_imported_is_said_to_be_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_files(tmp_path, PACKAGE))
    seen = check("broken.port", Options(dtypes=("float64",)))
    assert seen.exit_code == 2
    assert "broken cannot be imported: ModuleNotFoundError: No module named 'no_such" in str(
        seen.notes
    )


@pytest.mark.parametrize("start", [".", "book/ch4"])
def test_imports_may_start_at_the_root_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    port = "from book.ch3.forms import softmax as own\n\ndef softmax(x):\n    return own(x)\n"
    book = {"book/ch4/deep/net.py": port, "book/ch3/forms.py": RIGHT}
    monkeypatch.chdir(write_files(tmp_path, book) / start)
    seen = check(str(tmp_path / "book/ch4/deep/net.py"), Options(dtypes=("float64",)))
    assert list_statuses(seen) == SOFTMAX, seen.notes


def test_a_star_from_the_users_own_common_gives_what_is_in_it(tmp_path: Path) -> None:
    port = "from common.functions import *\n\ndef softmax(x):\n    return own_form(x)\n"
    own = {"ch04/net.py": port, "common/functions.py": RIGHT.replace("softmax", "own_form")}
    seen = check(str(write_files(tmp_path, own) / "ch04/net.py"), Options(dtypes=("float64",)))
    assert list_statuses(seen) == SOFTMAX, seen.notes


@pytest.mark.parametrize("package", ["common", "shapes"])
def test_a_module_beside_the_file_hides_no_package_from_which_it_imports(
    tmp_path: Path, package: str
) -> None:
    port = f"from {package}.functions import own\n\ndef softmax(x):\n    return own(x)\n"
    own = {f"{package}/__init__.py": "", f"{package}/functions.py": RIGHT.replace("softmax", "own")}
    files = {"lib/net.py": port, f"lib/{package}.py": "x = 1\n", **own}
    seen = check(str(write_files(tmp_path, files) / "lib/net.py"), Options(dtypes=("float64",)))
    assert list_statuses(seen) == SOFTMAX, seen.notes


def test_a_package_named_as_an_installed_one_does_not_hide_it(tmp_path: Path) -> None:
    """As `transforms/numpy/quat.py` and `transforms/torch/quat.py`, whose package imports both."""
    soft = "from . import forms\n\ndef softmax(x):\n    return forms.own(x)\n"
    files = {
        "maps/__init__.py": "from . import numpy, scipy\n",
        "maps/numpy/__init__.py": "from . import soft\n",
        "maps/numpy/soft.py": soft,
        "maps/numpy/forms.py": RIGHT.replace("softmax", "own"),
        "maps/scipy/__init__.py": "from . import soft\n",
        "maps/scipy/soft.py": "import scipy.special\n",
    }
    root = write_files(tmp_path, files)
    seen = check(str(root / "maps/numpy/soft.py"), Options(dtypes=("float64",)))
    assert list_statuses(seen) == SOFTMAX, (seen.hindrance, seen.notes)
