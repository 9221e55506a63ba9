"""The command line: exit statuses, clear errors, and nothing lost."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from once import make_once
from paths import ROOT

from trueport.compare.cli import main
from trueport.compare.judging.results import SCHEMA, Run


def digits(folder: Path, **changes: np.ndarray) -> Path:
    """A small npz of digits, some arrays replaced."""
    arrays = {
        "x_train": np.arange(30 * 784).reshape(30, 28, 28) % 256,
        "y_train": np.arange(30) % 10,
        "x_test": np.arange(20 * 784).reshape(20, 28, 28) % 251,
        "y_test": np.arange(20) % 10,
    }
    path = folder / "digits.npz"
    np.savez(path, **(arrays | changes))
    return path


def nan_pixels(folder: Path) -> list[str]:
    return ["--data", str(digits(folder, x_train=np.full((30, 28, 28), np.nan)))]


def labels_out_of_range(folder: Path) -> list[str]:
    return ["--data", str(digits(folder, y_test=np.arange(20)))]


def truncated(folder: Path) -> list[str]:
    path = digits(folder)
    path.write_bytes(path.read_bytes()[:1000])
    return ["--data", str(path)]


def file_as_folder(folder: Path) -> list[str]:
    (folder / "taken").write_text("a file, not a folder")
    return ["--out", str(folder / "taken" / "run")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (lambda f: ["--data", str(f / "nowhere.npz")], "no MNIST data at"),
        (truncated, "is truncated or not MNIST data"),
        (nan_pixels, "train pixels must be whole numbers in 0..255 (got nan at index (0, 0, 0))"),
        (labels_out_of_range, "test labels must be whole numbers in 0..9 (got 10 at index (10,))"),
        (
            lambda f: ["--data", str(digits(f)), "--batch-size", "31"],
            "batch_size must be at most train_size = 30 (got 31)",
        ),
        (lambda f: ["--steps", "0"], "steps must be at least 1 (got 0)"),
        (lambda f: ["--steps", "-5"], "steps must be at least 1 (got -5)"),
        (lambda f: ["--learning-rate", "nan"], "learning_rate must be positive (got nan)"),
        (
            lambda f: ["--ports", "pytorch"],
            "unknown port 'pytorch': known are reference, torch, keras",
        ),
        (lambda f: ["--ports", ","], "must name at least one"),
        (file_as_folder, "cannot write to"),
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(tmp_path: Path, arguments, words) -> None:
    given = ["run", "--data", "embedded", "--out", str(tmp_path / "out"), *arguments(tmp_path)]
    result = CliRunner().invoke(main, given)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


def test_bad_input_leaves_an_earlier_result_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "results.json").write_text("computed before")
    given = ["run", "--out", str(out), "--data", str(tmp_path / "nowhere")]
    assert CliRunner().invoke(main, given).exit_code == 2
    assert (out / "results.json").read_text() == "computed before"


@pytest.mark.parametrize(
    ("given", "required"),
    [
        ([], ()),
        (["--require-ports"], ("reference", "torch", "keras")),
        (["--ports", "torch"], ("torch",)),
        (["--backend", "torch,tensorflow"], ("keras[torch]", "keras")),
        (["--backend", "all"], ()),
    ],
)
def test_the_ports_that_were_named_are_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given, required
) -> None:
    asked = []

    def stop(settings, *_):
        asked.append(settings)
        raise ValueError("far enough")

    monkeypatch.setattr("trueport.compare.workflow.run.run", stop)
    CliRunner().invoke(main, ["run", "--out", str(tmp_path), *given])
    assert asked[0].required == required


def main_job(out: Path, *arguments: str) -> list[str]:
    """The command of the main job, as a user calls it in a clone."""
    given = ["--data", "embedded", "--out", str(out), *arguments]
    return [sys.executable, "-m", "compare", "run", *given]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, Path]:
    """The whole main job, briefly: (exit status, output, folder)."""

    def run_main_job(folder: Path) -> None:
        done = subprocess.run(
            main_job(folder / "out", "--steps", "80"),
            capture_output=True, text=True, timeout=300, check=False, cwd=ROOT,
        )  # fmt: skip
        told = [done.returncode, done.stdout + done.stderr]
        (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")

    folder = make_once(tmp_path_factory, "main-job", run_main_job)
    status, output = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return status, output, folder / "out"


def test_the_main_job_passes_on_all_three_ports(finished: tuple[int, str, Path]) -> None:
    status, output, out = finished
    assert status == 0, output
    result = Run.load(out)
    assert {(p.port, p.dtype, p.verdict) for p in result.ports} == {
        (port, dtype, "faithful")
        for port in ("reference", "torch", "keras")
        for dtype in ("float64", "float32")
    }
    assert [v for v in result.verdicts if not v.passed] == []


def test_the_main_job_writes_its_three_files(finished: tuple[int, str, Path]) -> None:
    out = finished[2]
    assert json.loads((out / "results.json").read_text())["schema"] == SCHEMA
    assert "<html" in (out / "report.html").read_text(encoding="utf-8")
    assert (out / "report.md").read_text(encoding="utf-8").startswith("#")


def test_the_embedded_digits_are_named_plainly(finished: tuple[int, str, Path]) -> None:
    _, output, out = finished
    assert "the 5,000 embedded MNIST digits" in output
    for name in ("report.html", "report.md"):
        assert "5,000" in (out / name).read_text(encoding="utf-8")


def test_report_needs_no_framework_and_gives_the_same_bytes(finished) -> None:
    out = finished[2]
    before = (out / "report.html").read_bytes()
    block = "import sys; sys.modules.update(dict.fromkeys(['torch', 'tensorflow', 'keras'])); "
    code = block + f"from trueport.compare.cli import main; main(['report', {str(out)!r}])"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    assert (out / "report.html").read_bytes() == before


def test_ctrl_c_keeps_what_had_been_computed(tmp_path: Path) -> None:
    command = main_job(tmp_path, "--ports", "reference", "--steps", "200000")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    saved = tmp_path / "observations.part" / "reference-float64" / "training.npz"
    end = time.monotonic() + 60
    while not saved.exists() and time.monotonic() < end:
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGINT)
    try:
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, output
    result = Run.load(tmp_path)
    assert result.interrupted
    assert sum(v.passed for v in result.verdicts) > 0
    traces = {(t.port, t.dtype) for t in result.traces}
    assert traces >= {("truth", "float64"), ("reference", "float64")}
    assert (tmp_path / "report.html").exists()
