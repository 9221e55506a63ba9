"""A short `trueport run` with folders of its own, and whatever it leaves behind."""

import os
import shutil
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from once import make_once
from paths import ROOT

ENTRY = "[trueport.ports]\ntwin = twin\n"
HOST = b'\n "host": {'  # in results.json, behind all that was found


def install_twin(folder: Path) -> Path:
    """A folder for PYTHONPATH with the reference itself as a port: NumPy alone, and soon done."""
    shutil.copytree(ROOT / "reference", folder / "twin")
    (folder / "twin-0.dist-info").mkdir(parents=True)
    (folder / "twin-0.dist-info" / "METADATA").write_text("Name: twin\nVersion: 0\n")
    (folder / "twin-0.dist-info" / "entry_points.txt").write_text(ENTRY)
    return folder


@dataclass
class FaultRun:
    """A command with its own folders for results, cache and temporary files, below home."""

    home: Path
    ports: str = "reference,twin"
    steps: int = 3
    out: Path = field(init=False)
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.out, self.cache, self.temporary = (
            self.home / name for name in ("out", "cache", "temporary")
        )
        for folder in (self.out, self.cache, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        if not (self.home / "site").exists():
            install_twin(self.home / "site")

    @property
    def command(self) -> list[str]:
        given = ["--data", "embedded", "--dtype", "float32", "--ports", self.ports]
        given += ["--steps", str(self.steps), "--out", str(self.out)]
        return [sys.executable, "-m", "trueport.compare", "run", *given]

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PYTHONPATH": os.pathsep.join([str(self.home / "site"), str(ROOT)]),
            "TRUEPORT_CACHE": str(self.cache),
            "TMPDIR": str(self.temporary),
            "TRUEPORT_TEST_MARK": self.mark,
        }

    def start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.command, env=self.environment, cwd=self.home, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def finish(self) -> tuple[int, str]:
        """Exit status and output."""
        with self.start() as process:
            output, _ = process.communicate(timeout=300)
        return process.returncode, output

    def list_processes(self) -> list[str]:
        """The processes that this command has started, directly or not, and that still live."""
        found, mark = [], f"TRUEPORT_TEST_MARK={self.mark}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                own = mark in (folder / "environ").read_bytes()
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                if own and state != "Z":
                    found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:  # ended meanwhile
                continue
        return found

    def wait_for_processes(self, seconds: float = 5.0) -> list[str]:
        """Those that live longer than that."""
        end = time.monotonic() + seconds
        while (living := self.list_processes()) and time.monotonic() < end:
            time.sleep(0.1)
        return living

    def list_leftovers(self) -> list[str]:
        """Whatever is half written, and every temporary file."""
        parts = [path for top in (self.out, self.cache) for path in top.rglob("*.part*")]
        parts += self.temporary.iterdir()
        return sorted(str(path.relative_to(self.home)) for path in parts)

    def read_results(self) -> dict[str, bytes]:
        """The bytes of the results, without what is of the moment and the machine."""
        found = {name: (self.out / name).read_bytes() for name in ("traces.npz", "details.npz")}
        text = (self.out / "results.json").read_bytes()
        assert text.count(HOST) == 1
        return found | {"results.json": text.partition(HOST)[0]}


def run_undisturbed(factory: pytest.TempPathFactory) -> FaultRun:
    """A run that nobody disturbed, once for all tests; `seconds` beside it has what it took."""

    def run(folder: Path) -> None:
        begin = time.monotonic()
        status, output = FaultRun(folder).finish()
        assert status == 0, output
        (folder / "seconds").write_text(str(time.monotonic() - begin))

    return FaultRun(make_once(factory, "undisturbed", run))
