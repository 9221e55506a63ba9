"""Trueport as its users have it: a wheel of this tree, unpacked where nothing else lies."""

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from paths import ROOT

# what a console script is, as pip writes it: its own folder is the first on the path
SCRIPTS = {
    "trueport": "import sys\nfrom trueport.compare.cli import main\nsys.exit(main())\n",
    "pytest": "import sys\nfrom pytest import console_main\nsys.exit(console_main())\n",
}
PACKAGES = ("reference", "torch_impl", "keras_impl", "compare")


@dataclass(frozen=True)
class Installed:
    """A folder with what pip would put into site-packages, and one with the console scripts."""

    folder: Path

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @property
    def scripts(self) -> Path:
        return self.folder / "scripts"

    def run(
        self, folder: Path, command: str, *arguments: object, path: tuple[Path, ...] = ()
    ) -> "subprocess.CompletedProcess[str]":
        """Run a console script, or "python", in the folder; path: what PYTHONPATH adds."""
        start = [] if command == "python" else [str(self.scripts / command)]
        dropped = ("PYTHONPATH", "PYTHONSAFEPATH", "PYTEST_ADDOPTS")
        environment = {key: value for key, value in os.environ.items() if key not in dropped}
        environment["PYTHONPATH"] = os.pathsep.join(map(str, (self.site, *path)))
        return subprocess.run(
            [sys.executable, *start, *map(str, arguments)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this tree from a copy: a folder `build` of old would end up in it."""
    source = folder / "source"
    for name in (*PACKAGES, "trueport"):
        unneeded = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=unneeded)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(source)], check=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def unpack_wheel(wheel: Path, folder: Path) -> Installed:
    installed = Installed(folder)
    zipfile.ZipFile(wheel).extractall(installed.site)
    installed.scripts.mkdir()
    for name, text in SCRIPTS.items():
        (installed.scripts / name).write_text(text, encoding="utf-8")
    return installed


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write files, by their paths below the folder, and return the folder."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
