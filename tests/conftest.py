"""What every test shares: one BLAS thread, and a cache of its own, not the user's."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from framework_process import FrameworkProcess
from installed import Installed, build_wheel, unpack_wheel
from once import make_once

# Before NumPy is imported. On products of 100 x 784 a second thread took twice the processor time
# and no less of the clock's; on a busy machine the same tests took five times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A shell that starts pytest in the background has it ignore Ctrl-C, and all that it starts in turn:
# tests that interrupt a process would wait for its end.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks a framework comes first, and so to one process of pytest, which starts it once."""
    items.sort(key=lambda item: "ask_framework" not in getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def own_default_dtype() -> Iterator[None]:
    """What a user's file sets for torch as a whole holds in its own test alone."""
    torch = sys.modules.get("torch")
    before = torch.get_default_dtype() if torch is not None else None
    yield
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_default_dtype(before or torch.float32)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One of this run of pytest, for all of its processes."""
    with pytest.MonkeyPatch.context() as patch:
        folder = make_once(tmp_path_factory, "cache", lambda folder: None)
        patch.setenv("TRUEPORT_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def ask_framework(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """ask(framework, "module.function", *arguments): what the helper returns in its process."""
    processes: dict[str, FrameworkProcess] = {}

    def ask(framework: str, question: str, *arguments: Any) -> Any:
        if framework not in processes:
            processes[framework] = FrameworkProcess(framework, tmp_path_factory.mktemp(framework))
        return processes[framework].ask(question, *arguments)

    yield ask
    for process in processes.values():
        process.close()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    [wheel] = make_once(tmp_path_factory, "wheel", build_wheel).glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    def unpack(folder: Path) -> None:
        unpack_wheel(wheel, folder)

    return Installed(make_once(tmp_path_factory, "installed", unpack))
