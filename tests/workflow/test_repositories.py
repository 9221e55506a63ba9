"""A file that imports from its repository is judged as it runs there."""

from pathlib import Path

import pytest

from trueport.compare.workflow.check import check
from trueport.compare.workflow.options import Options

RIGHT = "import numpy as np\n\n\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n"
WRONG = RIGHT.replace("1 +", "2 +")
USE = "\n\ndef sigmoid(x):\n    return theirs(x)\n"
CLASS = """import numpy as np


class simpleNet:
    def __init__(self):
        self.W = np.random.randn(2, 3)

    def predict(self, x):
        return x @ self.W
"""
BOOK = "from deep_learning.common.functions import sigmoid as theirs"

# what it is about: the files, the one that is checked, the verdict, and what is said of it
ROWS: dict[str, tuple[dict[str, str], str, str, str]] = {
    "the folder that it adds, seen from the root": (
        {
            "common/layers.py": RIGHT,
            "ch04/net.py": "import sys\nsys.path.append('./common/')\n"
            f"from layers import sigmoid as theirs{USE}",
        },
        "ch04/net.py",
        "faithful",
        "",
    ),
    "a package that is the repository, cloned under another name": (
        {"ch03/layers.py": WRONG, "net.py": f"from book.ch03.layers import sigmoid as theirs{USE}"},
        "net.py",
        "unfaithful",
        "book was not found: your file's folder and those above stand for it",
    ),
    "one that has a folder of the book's, cloned under another name": (
        {
            "dataset/__init__.py": "",
            "dataset/layers.py": WRONG,
            "tests/net.py": f"from book.dataset.layers import sigmoid as theirs{USE}",
        },
        "tests/net.py",
        "unfaithful",
        "book was not found: your file's folder and those above stand for it",
    ),
    "the book's repository, kept inside and not here": (
        {"deep_learning/.keep": "", "net.py": f"{BOOK}{USE}"},
        "net.py",
        "faithful",
        "common.functions not found beside your file: the reference's own was used",
    ),
    "an import that fails, of a name that is there": (
        {
            "layers.py": WRONG,
            "net.py": "from layers import sigmoid as theirs\n"
            f"from nowhere.activations import sigmoid as theirs{USE}",
        },
        "net.py",
        "not-comparable",
        "",
    ),
    "an object that is made where no import makes it": (
        {"net.py": f"{CLASS}\n\nif __name__ == '__main__':\n    net: simpleNet = simpleNet()\n"},
        "net.py",
        "faithful",
        "",
    ),
}


@pytest.mark.parametrize(("files", "target", "verdict", "words"), ROWS.values(), ids=ROWS)
def test_a_file_of_a_repository(
    tmp_path: Path, files: dict[str, str], target: str, verdict: str, words: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = check(str(tmp_path / target), Options(dtypes=("float64",)))
    assert result.verdict == verdict, result.notes
    assert words in "\n".join(result.notes)
