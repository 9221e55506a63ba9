"""A study: nothing lost, nothing done twice, whatever dies on the way."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from study_ports import BRITTLE, LOUD, SLEEPY, register

from trueport.compare.chapter.digits import DIGIT_ARRAYS, load_data, share_digits
from trueport.compare.chapter.suite import CHAPTER
from trueport.compare.cli import main
from trueport.compare.execution.output import MAX_OUTPUT
from trueport.compare.study import cluster as cluster_module
from trueport.compare.study.page import render_study, render_study_markdown
from trueport.compare.study.plan import StudyJob, StudySettings
from trueport.compare.study.results import Study
from trueport.compare.study.shared_data import open_data
from trueport.compare.study.study import compute_exit_code, run_study
from trueport.compare.study.text import format_study_headline
from trueport.compare.study.worker_process import WorkerProcess
from trueport.compare.suite.component import PortSpec
from trueport.reference import TwoLayerNet

SEEDS = 4


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with 30 digits, and with the ports sleepy and brittle installed."""
    register(tmp_path / "site", sleepy=SLEEPY, brittle=BRITTLE, loud=LOUD)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("STUDY_LOG", str(tmp_path / "log"))
    rng = np.random.default_rng(0)
    np.savez(
        tmp_path / "digits.npz",
        x_train=rng.integers(0, 256, (30, 28, 28)),
        y_train=np.arange(30) % 10,
        x_test=rng.integers(0, 256, (20, 28, 28)),
        y_test=np.arange(20) % 10,
    )
    return tmp_path


def settings(place: Path, out: str = "study", **changes) -> StudySettings:
    common = {"ports": ("reference", "sleepy"), "seeds": SEEDS, "steps": 6, "batch_size": 5}
    data = str(place / "digits.npz")
    return StudySettings(**{"out": place / out, "data": data, "every": 2} | common | changes)


def begin(place: Path, *more: str, sleep: float = 0.5) -> "subprocess.Popen[str]":
    """The same study at the command line."""
    command = [
        *(sys.executable, "-m", "trueport.compare", "study", "--ports", "reference,sleepy"),
        *("--seeds", str(SEEDS), "--steps", "6", "--batch-size", "5", "--every", "2"),
        *("--data", str(place / "digits.npz"), "--out", str(place / "study"), *more),
    ]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"STUDY_SLEEP": str(sleep)},
    )


def wait_for(what: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def kept(place: Path) -> list[Path]:
    return sorted((place / "study" / "jobs").glob("*.json"))


def trainings(place: Path) -> list[int]:
    """The processes that began to train sleepy, once for each time."""
    log = place / "log"
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def numbers(result: Study) -> dict[tuple[str, int], tuple]:
    """What a study found, without times and places; each job once."""
    found = {(o.port, o.seed): (o.test_accuracy, o.loss, o.reached) for o in result.outcomes}
    assert len(found) == len(result.outcomes)
    return found


@pytest.mark.sweep
def test_a_killed_study_resumes_where_it_stopped(place: Path) -> None:
    """kill -9: no process is left, what was finished is not run again, the result is the same."""
    process = begin(place, "--workers", "1")
    wait_for(lambda: len(trainings(place)) >= 2 and any("sleepy" in p.name for p in kept(place)))
    process.kill()
    process.communicate()
    before = {path: path.stat().st_mtime_ns for path in kept(place)}
    wait_for(lambda: not any(map(alive, trainings(place))))
    begun = len(trainings(place))
    finished = sum("sleepy" in path.name for path in before)
    assert 0 < finished < SEEDS

    result = run_study(CHAPTER, settings(place))
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(trainings(place)) - begun == SEEDS - finished
    assert numbers(result) == numbers(run_study(CHAPTER, settings(place, out="whole")))
    assert len(result.outcomes) == 2 * SEEDS


@pytest.mark.sweep
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(place: Path) -> None:
    process = begin(place, "--workers", "1", sleep=1.0)
    wait_for(lambda: len(trainings(place)) >= 2)
    process.send_signal(signal.SIGINT)
    try:
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, output
    assert f"of {2 * SEEDS} runs are kept; the same command does the rest" in output
    partial = Study.load(place / "study")
    assert partial.interrupted
    assert len(partial.outcomes) == len(kept(place)) < 2 * SEEDS
    assert not list((place / "study").glob("digits*"))
    assert not any(map(alive, trainings(place)))


@pytest.mark.sweep
def test_a_job_that_dies_raises_or_hangs_is_a_result(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fates = {1000: "raises", 1002: "dies", 1003: "hangs"}  # by seed; the port knows its start alone
    starts = {
        seed: np.float32(TwoLayerNet(784, 50, 10, seed=seed).params["W1"][0, 0]) for seed in fates
    }
    by_start = {repr(float(starts[seed])): fate for seed, fate in fates.items()}
    monkeypatch.setenv("STUDY_FATE", json.dumps(by_start))
    given = settings(place, ports=("reference", "brittle"), seeds=6, timeout=8.0, workers=2)
    result = run_study(CHAPTER, given)
    brittle = {o.seed: o for o in result.outcomes if o.port == "brittle"}
    assert [brittle[1000 + n].status for n in range(6)] == [
        *("error", "ok", "error", "timeout", "ok", "ok"),
    ]
    assert brittle[1000].message == "ValueError: a fault of the port's own"
    assert "its process died (killed by SIGABRT)" in brittle[1002].message
    assert brittle[1003].message == "no result within 8 s"
    assert all(o.status == "ok" for o in result.outcomes if o.port == "reference")
    assert compute_exit_code(result) == 1
    page = render_study(result)
    assert "a fault of the port&#39;s own" in page
    assert "a fault of the port's own" in render_study_markdown(result, [])


def test_what_a_port_prints_or_reads_is_no_answer_and_no_job(place: Path) -> None:
    """From Python, from C and from a child; 40 MB of it in each run."""
    given = settings(place, ports=("reference", "loud"), seeds=3, workers=1, paired=True)
    found = numbers(run_study(CHAPTER, given))
    seeds = {seed for _, seed in found}
    assert len(found) == 2 * len(seeds) == 6
    assert all(found["loud", seed] == found["reference", seed] for seed in seeds)


def test_what_is_printed_in_a_worker_is_cut(place: Path) -> None:
    """A process of two runs keeps no more of it than of one."""
    job = StudyJob("loud", "loud", "numpy", 0, 0, {}, "", "", "")
    process = WorkerProcess(("loud", "float32"))
    try:
        with process.output.open("ab") as file:
            file.write(b"z" * (MAX_OUTPUT + 1))
        assert process.run(job).status == "error"  # it has no settings
        assert process.output.stat().st_size < MAX_OUTPUT
        folder = process.output.parent
    finally:
        process.close()
    assert not folder.exists()


def test_a_port_that_cannot_be_imported_is_status_2_and_in_the_headline(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "broken_at_import.py").write_text("raise ImportError('libbroken.so')\n")
    monkeypatch.setenv("PYTHONPATH", str(place), prepend=os.pathsep)
    broken = PortSpec("broken", "broken_at_import", "numpy", ("numpy",))
    monkeypatch.setitem(CHAPTER.ports, "broken", broken)
    result = run_study(CHAPTER, settings(place, ports=("reference", "broken"), seeds=3))
    assert compute_exit_code(result) == 2
    headline = "reference and broken: three runs of 6 gave no result, so that broken could not be"
    assert format_study_headline(result)[1].startswith(headline)


def test_other_settings_in_the_same_folder_are_refused_unless_fresh(place: Path) -> None:
    run_study(CHAPTER, settings(place, seeds=3))
    with pytest.raises(ValueError, match=r"other settings \(steps 6 there and 8 now\).*--fresh"):
        run_study(CHAPTER, settings(place, seeds=3, steps=8))
    fresh = run_study(CHAPTER, settings(place, seeds=3, steps=8), fresh=True)
    assert {len(o.loss) for o in fresh.outcomes} == {8}


def test_more_seeds_join_those_that_are_there(place: Path) -> None:
    run_study(CHAPTER, settings(place, seeds=3))
    before = len(trainings(place))
    result = run_study(CHAPTER, settings(place, seeds=5))
    assert len(trainings(place)) - before == 2
    assert len(result.outcomes) == 10


def test_a_spoilt_file_is_run_again(place: Path) -> None:
    first = run_study(CHAPTER, settings(place, seeds=3))
    kept(place)[0].write_text("{")
    kept(place)[-1].write_text('{"schema": "trueport/study-job/2", "port": "reference"}')
    other = kept(place)[1]
    damaged = re.sub(r'"loss": \[\d', r'"loss": [7', other.read_text())
    assert damaged != other.read_text()
    other.write_text(damaged)
    (place / "study" / "study.json").write_text("{")
    assert numbers(run_study(CHAPTER, settings(place, seeds=3))) == numbers(first)
    assert numbers(Study.load(place / "study")) == numbers(first)


def test_two_studies_do_not_share_a_folder(place: Path) -> None:
    process = begin(place)
    try:
        wait_for((place / "study" / "settings.json").exists)
        with pytest.raises(ValueError, match="is in use by process"):
            run_study(CHAPTER, settings(place))
    finally:
        process.kill()
        process.communicate()


def test_pairs_share_start_and_batches_and_others_nothing(place: Path) -> None:
    paired = run_study(CHAPTER, settings(place, paired=True))
    for run in range(SEEDS):
        a, b = (o for o in paired.outcomes if o.run == run)
        assert (a.loss, a.test_accuracy) == (b.loss, b.test_accuracy)
    assert {c.verdict for c in paired.comparisons if c.unit == "points"} == {"equivalent"}
    apart = run_study(CHAPTER, settings(place, out="apart"))
    losses = [tuple(o.loss) for o in apart.outcomes]
    assert len(set(losses)) == len(losses)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--ports", "reference"], "a study compares two ports or more (got reference)"),
        (["--ports", "reference,pytorch"], "unknown port 'pytorch'"),
        (["--seeds", "2"], "seeds must be in 3..1000 (got 2)"),
        (["--margin", "0"], "margin must be positive (got 0.0)"),
        (["--margin", "nan"], "margin must be positive (got nan)"),
        (["--init", "framework"], "init must be chapter for reference: numpy has no init"),
        (["--paired", "--order", "framework"], "paired runs need init chapter and order chapter"),
        (["--batch-size", "31"], "batch_size must be at most train_size = 30 (got 31)"),
        (["--workers", "0"], "workers must be at least 1 (got 0)"),
        (["--workers", "1", "--scheduler", "tcp://x:1"], "give workers or a scheduler, not both"),
    ],
)
def test_bad_input_is_one_clear_line_and_status_2(place: Path, arguments, words) -> None:
    given = ["study", "--ports", "reference,sleepy", "--data", str(place / "digits.npz")]
    result = CliRunner().invoke(main, [*given, "--out", str(place / "study"), *arguments])
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_machine_without_the_studys_folder_makes_the_digits_itself_or_refuses_others(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(place))
    source = str(place / "digits.npz")
    data = load_data(source)
    share_digits(data, place / "here")
    for _ in range(2):  # made, and then found
        there = open_data(CHAPTER.task, str(place / "nowhere"), source, data.md5, "float32")
        for mapped, name in zip(there, DIGIT_ARRAYS, strict=True):
            assert np.array_equal(mapped, np.load(place / "here" / f"{name}.npy"))
    with pytest.raises(ValueError, match="holds other digits than the study's"):
        open_data(CHAPTER.task, str(place / "nowhere"), source, "0" * 32, "float32")


def test_a_scheduler_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "SCHEDULER_TIMEOUT", 0.5)
    with pytest.raises(ValueError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1 "):
        list(cluster_module.run_on_cluster([], "tcp://127.0.0.1:1"))


@pytest.fixture
def cluster(place: Path) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """A real scheduler and two workers on loopback: (address, the workers' processes)."""
    facts = place / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": (place / "dask.txt").open("ab")}
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    started = [subprocess.Popen([*dask, *local, "--port", "0", "--scheduler-file", facts], **quiet)]
    env = os.environ | {"STUDY_SLEEP": "0.5"}
    try:
        wait_for(lambda: facts.exists() and facts.read_text().rstrip().endswith("}"))
        address = json.loads(facts.read_text())["address"]
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, *local]
        options = ["--no-nanny", "--nthreads", "1", "--local-directory", place]
        started += [subprocess.Popen([*worker, *options], env=env, **quiet) for _ in range(2)]
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()
        quiet["stderr"].close()


@pytest.mark.sweep
def test_a_cluster_loses_nothing_with_a_worker_and_counts_nothing_twice(place, cluster) -> None:
    """One of two workers is killed half-way; the result is that of this machine alone."""
    address, workers = cluster
    wait_for(lambda: (place / "dask.txt").read_text().count("Registered to:") == 2)
    process = begin(place, "--scheduler", address, "--seeds", "8")
    wait_for(lambda: len(kept(place)) >= 4 or process.poll() is not None)
    workers[0].kill()
    half = len(kept(place))
    output, _ = process.communicate(timeout=120)
    assert process.returncode in (0, 1, 3), output
    assert half < 16, "the worker was killed too late to matter"
    result = Study.load(place / "study")
    assert {o.status for o in result.outcomes} == {"ok"}
    assert len(kept(place)) == len(result.outcomes) == 16
    assert len({o.where for o in result.outcomes}) >= 2
    assert numbers(result) == numbers(run_study(CHAPTER, settings(place, out="here", seeds=8)))
