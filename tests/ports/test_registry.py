"""A port of somebody else's, found by its entry point."""

import os
import subprocess
import sys
from pathlib import Path

from paths import ROOT


def test_a_port_is_found_by_its_entry_point(tmp_path: Path) -> None:
    """Name, module, kind of array and what it widens come from the package's metadata alone."""
    info = tmp_path / "other-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    offered = "other = other_impl:torch\nwide = wide_impl:torch [widens]\n"
    (info / "entry_points.txt").write_text(f"[trueport.ports]\n{offered}")
    code = (
        "from trueport.compare.chapter.suite import CHAPTER; "
        "from trueport.compare.ports.registry import find_ports; "
        "print(*find_ports(CHAPTER, ['other', 'wide']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    for name, widens in (("other", False), ("wide", True)):
        said = f"framework='torch', requires=('{name}_impl', 'torch'), widens={widens}"
        assert f"module='{name}_impl', {said}" in done.stdout
