"""Why code cannot run on this machine, and what to do: told from the error that it ends with."""

import argparse
import contextlib
import errno
import importlib.util
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import (
    NotComparableError,
    SlowImportError,
    TargetError,
    UserCodeTimeout,
    format_error,
)
from .own_modules import is_own_place
from .sandbox import NO_INPUT, NO_NETWORK
from .view import HARNESS_PACKAGES

ANOTHER_PYTHON = "--python PATH of an interpreter that has it"
PIP_NAMES = {"cv2": "opencv-python", "sklearn": "scikit-learn", "PIL": "pillow", "yaml": "pyyaml"}
SLIPS = (NameError, AttributeError, TypeError, KeyError, SyntaxError)  # of the pen, in any words

OLDER = "--python PATH of an interpreter that has the older version"
REMOVED = re.compile(r"removed in (the )?\w+|was a deprecated alias")
OS_FILES = ("os.py", "<frozen os>")
OWN_CODE = Path(__file__).resolve().parents[2]
NO_GPU = re.compile(r"\b(cuda|gpus?|mps|tpus?|nvidia|rocm|cudnn)\b|cudaError", re.IGNORECASE)
GPU_ADVICE = "it needs a GPU, and none can be used here: let it fall back on the CPU"
# What libraries say, and what it means. The words of the error follow in brackets.
SAID_BY_LIBRARIES = (
    (re.compile(NO_NETWORK), "it downloads, and a check runs offline: put the data on disk first"),
    (
        re.compile(r"urlopen error|Max retries exceeded|Name or service not known"),
        "it downloads, and a check runs offline: put the data on disk first",
    ),
    (
        re.compile(r"No such file or directory|[Dd]ataset not found|files? (was |were )?not found"),
        "it needs a file that is not here: put it where the code looks for it",
    ),
    (
        re.compile(r"eager execution|[Ss]ymbolic tf\.Tensor|KerasTensor"),
        "it is written for graphs, and a check calls functions: write it for eager execution",
    ),
    (
        re.compile(r"[Cc]\+\+ compiler|triton|nvcc|clang|Microsoft Visual", re.IGNORECASE),
        "it compiles, and no compiler can be used here: install one, or check it uncompiled",
    ),
    (
        re.compile(r"process group|MASTER_ADDR|torchrun|mpirun"),
        "it runs in several processes: let it fall back on one",
    ),
)


def find_machine_reason(error: BaseException, unbound: Mapping[str, str] | None = None) -> str:
    """Return why the error is one of the machine and not of the code, and what to do; "" if not.

    unbound: name to why the statement that binds it was not run; "*" for names not known.
    """
    for link in iterate_causes(error):
        if isinstance(link, NotComparableError):
            return str(link)
        if isinstance(link, TargetError) and link.__cause__ is not None:
            continue  # in our words; what it was raised from has its own
        for find in FINDERS:
            if reason := find(link):
                return reason
        if unbound and isinstance(link, NameError) and not isinstance(link, UnboundLocalError):
            reason = unbound.get(str(link.name)) or unbound.get("*", "")
            if reason:
                return reason
    return ""


def iterate_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was raised from, or over a missing package."""
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:  # one may be raised from itself
        seen.add(id(link))
        yield link
        before, link = link, link.__cause__
        if link is None and not before.__suppress_context__:
            context = before.__context__
            ends = isinstance(before, SystemExit) or isinstance(context, ImportError)
            link = context if ends else None


def find_missing_package(error: BaseException) -> str:
    """Say which package is not there, or is there in another version."""
    if not isinstance(error, ImportError):
        return ""
    if NO_GPU.search(str(error)):  # a library of the GPU's that a package loads
        return f"{GPU_ADVICE} ({format_error(error)})"
    if not error.name:
        return f"{error}: install what it asks for, or {ANOTHER_PYTHON}"
    name = error.name
    root = name.partition(".")[0]
    if not isinstance(error, ModuleNotFoundError) or (root != name and is_installed(root)):
        return describe_lacking_name(root, error)
    if folder := find_folder_below(root):
        return (
            f"{root} lies in {folder}, where no import of this file looks for it: "
            f"PYTHONPATH={folder} trueport check ..., or add that folder to sys.path in the file"
        )
    return (
        f"{root} is not installed for {sys.executable}: pip install {PIP_NAMES.get(root, root)}, "
        f"or {ANOTHER_PYTHON}; a file of your own by this name was found neither beside yours nor "
        "above"
    )


def describe_lacking_name(root: str, error: ImportError) -> str:
    """Say whose package lacks what is imported from it: the user's, our stand-in, or another."""
    module = sys.modules.get(root)
    place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
    if module is not None and not place:
        return (
            f"what it imports is not in what stands here for {root} ({error}): put your own {root} "
            "where the file looks for it"
        )
    if place and is_own_place(str(place)):
        return f"what it imports is not in your own {root}, {place} ({error}): add it there"
    return (
        f"what it imports is not in the {root} of {sys.executable} ({error}): it is written "
        "for another version, --python PATH of an interpreter that has that"
    )


def find_folder_below(root: str) -> str:
    """Return the folder, one level below those that are searched, that holds a module; "" if none.

    As `src/` beside `scripts/` holds the user's own package.
    """
    for place in filter(is_own_place, sys.path):
        with contextlib.suppress(OSError):  # a folder that may not be read
            for folder in sorted(Path(place or ".").iterdir()):
                if folder.name in HARNESS_PACKAGES:  # in the folder that a worker finds ours by
                    continue
                if (folder / f"{root}.py").is_file() or (folder / root / "__init__.py").is_file():
                    return str(folder)
    return ""


def is_installed(root: str) -> bool:
    """Whether a package or module of that name can be found."""
    try:
        return root in sys.modules or importlib.util.find_spec(root) is not None
    except (ImportError, ValueError):
        return False


def find_older_interface(error: BaseException) -> str:
    """Say that a name is one that a package no longer has: of TensorFlow 1, of an older NumPy."""
    if not isinstance(error, AttributeError):
        return ""
    if REMOVED.search(str(error)):
        return f"it is written for an older version of a package ({format_error(error)}): {OLDER}"
    if "tensorflow" not in str(error):
        return ""
    older = getattr(getattr(sys.modules.get("tensorflow"), "compat", None), "v1", None)
    if older is None or not hasattr(older, str(error.name)):
        return ""
    return f"it is written for TensorFlow 1 ({error}): write it for eager execution, or {OLDER}"


def find_graph_mode(error: BaseException) -> str:
    """Say that eager execution was switched off."""
    tensorflow: Any = sys.modules.get("tensorflow")
    if tensorflow is None or not hasattr(tensorflow, "executing_eagerly"):
        return ""
    if tensorflow.executing_eagerly():
        return ""
    return "it switches eager execution off, and a check calls functions: leave it on"


def find_missing_argument(error: BaseException) -> str:
    """Say that the code reads the command line, the keyboard or the environment."""
    if isinstance(error, EOFError) and NO_INPUT in str(error):
        return f"{error}: give the value a default"
    frames = traceback.extract_tb(error.__traceback__)
    files = {frame.filename for frame in frames}
    last = frames[-1] if frames else None
    if isinstance(error, KeyError) and last and os.path.basename(last.filename) in OS_FILES:
        return f"it needs the environment variable {error}: set it, and check again"
    ended, shown = isinstance(error, SystemExit), " ".join(f.line or "" for f in frames)
    reads = (
        (ended and (argparse.__file__ in files or "usage" in str(error).lower()))
        or (isinstance(error, IndexError | ValueError) and "argv" in shown)
        or "flags" in type(error).__module__  # of absl, as TensorFlow's scripts have them
    )
    if not reads:
        return ""
    return "it reads command-line arguments, and a check gives none: give them defaults"


def find_library_words(error: BaseException) -> str:
    """Say what the words of a library mean."""
    text = format_error(error)
    if isinstance(error, FileNotFoundError) and error.filename:
        place = os.path.abspath(str(error.filename))
        return f"it needs the file {place}, which is not there: put it there"
    if isinstance(error, SLIPS):
        return ""
    for words, meaning in SAID_BY_LIBRARIES:
        if words.search(text):
            return f"{meaning} ({text})"
    return f"{GPU_ADVICE} ({text})" if NO_GPU.search(text) else ""


def find_full_disk(error: BaseException) -> str:
    """Say that it writes where there is no room."""
    if not isinstance(error, OSError) or error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return ""
    return f"the disk is full ({format_error(error)}): make room, and check again"


def find_time_limit(error: BaseException) -> str:
    """Say that it took too long."""
    if isinstance(error, SlowImportError):
        return f"{error}: check again when less runs on it"
    late = isinstance(error, UserCodeTimeout)
    return f"{error}: make it quicker, or move it into a function" if late else ""


def find_own_slip(error: BaseException) -> str:
    """Say that it is a mistake of Trueport's: a name that is not there, in its own code."""
    frames = traceback.extract_tb(error.__traceback__) if isinstance(error, NameError) else []
    file = Path(frames[-1].filename).resolve() if frames else Path()
    if OWN_CODE not in file.parents:
        return ""
    told = f"{format_error(error)}, {file.name}:{frames[-1].lineno}"
    return f"a mistake of Trueport's own, and no finding ({told}): report it"


FINDERS: tuple[Callable[[BaseException], str], ...] = (
    find_own_slip,
    find_missing_package,
    find_older_interface,
    find_graph_mode,
    find_missing_argument,
    find_full_disk,
    find_library_words,
    find_time_limit,
)
