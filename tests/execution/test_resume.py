"""What a run has finished is kept: a killed run goes on, a finished one is its own result."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trueport.compare.execution.resume import (
    KEY_FILE,
    OBSERVATION_FILE,
    PARTIAL_FOLDER,
    format_changed_settings,
    open_observation_folder,
)
from trueport.compare.judging import truth_cache
from trueport.compare.judging.results import Run
from trueport.compare.workflow.run import run
from trueport.compare.workflow.run_context import RunSettings

STEPS = 200


def command(out: Path, steps: int = STEPS) -> list[str]:
    arguments = ["--data", "embedded", "--ports", "reference", "--steps", str(steps)]
    return [sys.executable, "-m", "trueport.compare", "run", *arguments, "--out", str(out)]


def workers(out: Path) -> list[str]:
    """Processes that work in out."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # ended meanwhile
            continue
        if "compare.execution.worker" in text and str(out) in text:
            found.append(text)
    return found


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A run killed with SIGKILL once a job was finished: its folder, job to time of its end."""
    out = tmp_path_factory.mktemp("killed")
    process = subprocess.Popen(command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 120
    while not list(out.glob(f"{PARTIAL_FOLDER}/*/{OBSERVATION_FILE}")) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = {
        path.parent.name: path.stat().st_mtime_ns
        for path in out.glob(f"{PARTIAL_FOLDER}/*/{OBSERVATION_FILE}")
    }
    assert done
    assert not (out / "results.json").exists()
    return out, done


@pytest.mark.sweep
def test_a_killed_run_goes_on_with_what_had_finished(killed: tuple[Path, dict[str, int]]) -> None:
    out, done = killed
    again = subprocess.run(command(out), capture_output=True, text=True, timeout=300, check=False)
    assert again.returncode == 2, again.stdout + again.stderr  # of the reference alone
    assert f"finished before: {', '.join(sorted(done))}" in again.stderr
    for name, when in done.items():
        kept = out / "observations" / name / OBSERVATION_FILE
        assert not kept.exists() or kept.stat().st_mtime_ns == when, f"{name} was done twice"
    result = Run.load(out)
    assert [v for v in result.verdicts if not v.passed] == []
    assert all(len(trace.loss) == STEPS for trace in result.traces)
    assert workers(out) == [], "the killed run's processes still work"
    text = (out / "results.json").read_bytes()

    third = subprocess.run(command(out), capture_output=True, text=True, timeout=300, check=False)
    assert third.returncode == 2
    assert "kept:" in third.stderr
    assert (out / "results.json").read_bytes() == text


def small(out: Path, **options) -> RunSettings:
    defaults = {"data": "embedded", "ports": ("reference",), "dtypes": ("float32",), "steps": 3}
    return RunSettings(out=out, **(defaults | options))


@pytest.mark.sweep
def test_other_settings_run_anew_in_the_same_folder(tmp_path: Path) -> None:
    said: list[str] = []
    first = run(small(tmp_path, no_cache=True), said.append)
    assert first.envelope == {"truth": "computed", "float32": "computed"}
    assert said == ["envelope: truth computed, float32 computed (not kept)"]
    other = run(small(tmp_path, learning_rate=0.2), said.append)
    assert first.settings["learning_rate"] != other.settings["learning_rate"]
    assert not any(line.startswith(("kept", "resuming")) for line in said)
    again = run(small(tmp_path, learning_rate=0.2), said.append)
    assert again.created == other.created
    assert said[-1].startswith("kept:")
    fresh = run(small(tmp_path, learning_rate=0.2, fresh=True), said.append)
    assert fresh.envelope == {"truth": "found", "float32": "found"}


@pytest.mark.sweep
def test_the_truth_of_every_case_is_computed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later run in another folder finds it, budgets and all, and comes to the same verdicts."""
    first = run(small(tmp_path / "first", cache=tmp_path / "cache"))

    def unwanted(*given: object) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(truth_cache, "compute_all_expected", unwanted)
    second = run(small(tmp_path / "second", cache=tmp_path / "cache"))
    assert second.verdicts == first.verdicts
    with pytest.raises(AssertionError, match="computed again"):
        run(small(tmp_path / "third", cache=tmp_path / "cache", seed=1))


def test_what_was_begun_with_other_settings_is_dropped_with_a_word(tmp_path: Path) -> None:
    key = {"settings": {"steps": 3, "seed": 0}, "data": "x", "code": "y"}
    said: list[str] = []
    folder = open_observation_folder(tmp_path, key, False, said.append)
    (folder / "torch-float64").mkdir()
    (folder / "torch-float64" / OBSERVATION_FILE).write_text("{}")
    open_observation_folder(tmp_path, key, False, said.append)
    assert said.pop().endswith("finished before: torch-float64")
    open_observation_folder(
        tmp_path, key | {"settings": {"steps": 4, "seed": 0}}, False, said.append
    )
    assert said.pop().endswith("was begun with other steps")
    assert not (folder / "torch-float64").exists()
    assert json.loads((folder / KEY_FILE).read_text())["settings"]["steps"] == 4
    assert said == []


def test_a_key_that_is_broken_off_is_taken_for_another() -> None:
    assert format_changed_settings(None, {"settings": {}}) == "settings"
    assert format_changed_settings({"settings": {"steps": 1}}, {"settings": {"steps": 1}}) == ""
