"""Every format of a run's report, without any framework."""

import subprocess
import sys

import pytest
import sample_run

from trueport.compare.cli import main
from trueport.compare.ports.extras import MissingPackageError
from trueport.compare.report import FORMATS
from trueport.compare.workflow.reports import write_run_reports

ALWAYS = [name for name in FORMATS if name != "tensorboard"]  # which is an extra


def test_every_format_needs_no_framework(tmp_path):
    """With the frameworks and pandas blocked in a fresh process, every report is written."""
    sample_run.faulty().save(tmp_path)
    code = (
        "import sys\n"
        "for name in ('torch', 'tensorflow', 'keras', 'jax', 'pandas'):\n"
        "    sys.modules[name] = None\n"
        "from trueport.compare.cli import main\n"
        "main()\n"
    )
    words = [word for name in ALWAYS for word in ("--format", name)]
    done = subprocess.run(
        [sys.executable, "-c", code, "report", str(tmp_path), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for file in ("report.html", "rosetta.html", "report.md", "report.xml", "report.json"):
        assert (tmp_path / file).stat().st_size > 1000
    first = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    write_run_reports(tmp_path, ALWAYS)
    assert first == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_the_command_offers_every_format_there_is():
    [option] = [p for p in main.commands["report"].params if p.name == "formats"]
    assert list(option.type.choices) == list(FORMATS)


def test_a_format_whose_package_is_missing_costs_no_other(tmp_path, monkeypatch):
    sample_run.faulty().save(tmp_path)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_svg", None)
    told = []
    written = write_run_reports(tmp_path, ["md", "junit"], told.append)
    assert [path.name for path in written] == ["report.xml"]
    [line] = told
    assert line.startswith("no md report: this needs matplotlib, which is not installed")
    assert line.endswith(f"pip install 'trueport[report]', then trueport report {tmp_path}")
    with pytest.raises(MissingPackageError):
        write_run_reports(tmp_path, ["md"])
