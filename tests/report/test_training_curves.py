"""Training curves as a tidy table and as TensorBoard's event files."""

import csv
import sys
from pathlib import Path

import numpy as np
import pytest
import sample_run
from click.testing import CliRunner
from own_run import make_own_run

from trueport.compare.cli import main
from trueport.compare.judging.results import Run, Trace
from trueport.compare.report.training_curves import COLUMNS, render_curves_csv

QUANTITIES = {
    *("loss", "loss_envelope", "train_acc", "test_acc", "param_distance", "param_envelope"),
}


@pytest.fixture
def run() -> Run:
    return sample_run.clean(ports=("torch", "keras[torch]"), steps=60, complete=False)


def report(folder: Path, *formats: str) -> tuple[int, str]:
    words = [word for name in formats for word in ("--format", name)]
    done = CliRunner().invoke(main, ["report", str(folder), *words])
    return done.exit_code, done.output


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def get_steps(trace: Trace, quantity: str) -> np.ndarray:
    if quantity.startswith("loss"):
        return np.arange(1, 61)
    return trace.accuracy_steps if quantity.endswith("acc") else trace.checkpoint_steps


def test_the_table_has_every_value_of_every_curve_to_the_last_digit(
    run: Run, tmp_path: Path
) -> None:
    run.save(tmp_path)
    code, told = report(tmp_path, "csv")
    assert (code, f"wrote {tmp_path / 'curves.csv'}" in told) == (0, True)
    rows = read_rows(tmp_path / "curves.csv")
    assert tuple(rows[0]) == COLUMNS
    found: dict[tuple[str, str, str], list[tuple[int, float]]] = {}
    for row in rows:
        key = row["port"], row["dtype"], row["quantity"]
        found.setdefault(key, []).append((int(row["step"]), float(row["value"])))
    assert {port for port, _, _ in found} == {"truth", "torch", "keras[torch]"}
    for trace in run.traces:
        for quantity in QUANTITIES:
            values = getattr(trace, quantity)
            told_pairs = found.get((trace.port, trace.dtype, quantity), [])
            want = [] if values is None else values
            assert [value for _, value in told_pairs] == list(want)
            assert not told_pairs or [s for s, _ in told_pairs] == list(get_steps(trace, quantity))


def test_numbers_that_are_none_stand_in_the_table(run: Run) -> None:
    run.traces[1].loss[3] = np.nan
    run.traces[1].loss[4] = np.inf
    told = render_curves_csv(run)
    assert ",4,loss,nan\n" in told
    assert ",5,loss,inf\n" in told


def test_a_run_without_training_has_an_empty_table_and_no_event_files(tmp_path: Path) -> None:
    make_own_run().save(tmp_path)
    assert report(tmp_path, "csv")[0] == 0
    assert read_rows(tmp_path / "curves.csv") == []
    code, told = report(tmp_path, "tensorboard")
    assert (code, "this run holds none" in told) == (2, True)


def test_a_missing_tensorboard_is_a_sentence_that_names_the_extra(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.save(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    code, told = report(tmp_path, "csv", "tensorboard")
    assert code == 2
    assert "pip install 'trueport[tensorboard]'" in told
    assert (tmp_path / "curves.csv").is_file()
    assert not (tmp_path / "tensorboard").exists()


@pytest.mark.filterwarnings("ignore")  # TensorBoard's own
@pytest.mark.sweep
def test_tensorboard_reads_what_the_table_has(run: Run, tmp_path: Path) -> None:
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="an extra"
    )
    run.save(tmp_path)
    code, told = report(tmp_path, "tensorboard", "csv")
    assert code == 0, told
    rows = read_rows(tmp_path / "curves.csv")
    folders = {f"{trace.port}-{trace.dtype}" for trace in run.traces}
    assert {path.name for path in (tmp_path / "tensorboard").iterdir()} == folders
    for trace in run.traces:
        folder = tmp_path / "tensorboard" / f"{trace.port}-{trace.dtype}"
        read = accumulator.EventAccumulator(str(folder), size_guidance={"scalars": 0})
        read.Reload()
        own = [r for r in rows if (r["port"], r["dtype"]) == (trace.port, trace.dtype)]
        assert set(read.Tags()["scalars"]) == {row["quantity"] for row in own}
        for quantity in read.Tags()["scalars"]:
            want = [(int(r["step"]), float(r["value"])) for r in own if r["quantity"] == quantity]
            got = [(event.step, event.value) for event in read.Scalars(quantity)]
            assert [step for step, _ in got] == [step for step, _ in want]
            values = np.float32([value for _, value in want])
            assert np.array_equal(np.float32([value for _, value in got]), values)


def test_the_event_files_are_written_anew_and_not_beside(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="an extra")
    run.save(tmp_path)
    report(tmp_path, "tensorboard")
    first = {p: p.read_bytes() for p in (tmp_path / "tensorboard").rglob("*") if p.is_file()}
    report(tmp_path, "tensorboard")
    again = {p: p.read_bytes() for p in (tmp_path / "tensorboard").rglob("*") if p.is_file()}
    assert first == again
    assert len(first) == len(run.traces)
