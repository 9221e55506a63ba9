"""What a page shows of a terminal, told from what the commands print."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from paths import ROOT


def find_blocks(page: str, kind: str) -> list[str]:
    """Return the blocks of a page that are fenced as this kind; "" for those of none."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [block for fence, block in blocks if fence == kind]


def find_commands(block: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block, and what is shown of its output."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def strip_rounding(text: str) -> str:
    """Without what differs from one machine to the next, or grows with every known fault: shares
    of a budget, the last digits of a product of matrices, time and memory, the number of the known
    changes."""
    text = re.sub(r"(uses) 0\.\d\d of", r"\1 x.xx of", text)
    text = re.sub(r"(using at most) (0\.\d\d|1\.00) of", r"\1 x.xx of", text)
    text = re.sub(r"[\d.]+ s in training, \d+ MB", "x s in training, x MB", text)
    text = re.sub(
        r"^( +(?:got|want) +)(-?[\d.]+(?:e[-+]\d+)?)$",
        lambda found: f"{found[1]}{float(found[2]):.13g}",
        text,
        flags=re.MULTILINE,
    )
    return re.sub(r"\(\d+ ruled out\)", "(n ruled out)", text).strip()


def run_python(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in a folder where the package trueport alone is to be had, as once installed."""
    site = folder / "site"
    if not site.exists():
        site.mkdir()
        (site / "trueport").symlink_to(ROOT / "trueport")
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(site), "COLUMNS": "80"},
        capture_output=True,
        text=True,
    )


def replay_transcript(folder: Path, block: str) -> Iterator[tuple[str, str]]:
    """Do the commands of a console block; yield what is shown of each and what comes out.

    A line of dots stands for the rest. `cat FILE` writes the file, and what comes out of `echo $?`
    is the status of the one before.
    """
    status = 0
    for command, shown in find_commands(block):
        match shlex.split(command):
            case ["cat", file]:
                (folder / file).write_text(shown, encoding="utf-8")
            case ["echo", "$?"]:
                yield shown.strip(), str(status)
            case ["trueport", *arguments]:
                done = run_python(folder, "-m", "trueport.compare", *arguments)
                status = done.returncode
                start, dots, _ = strip_rounding(shown).partition("\n    ...")
                printed = strip_rounding(done.stdout)
                yield start, printed[: len(start)] if dots else printed
            case _:
                raise AssertionError(f"no way to do {command!r}")
