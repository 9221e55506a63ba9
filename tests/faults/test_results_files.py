"""The files of a run or a study: damage and another version are told, the same command is the same.

No file that is read can run code.
"""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sample_run
from click.testing import CliRunner
from fault_run import FaultRun, run_undisturbed
from paths import ROOT

from trueport.compare.cli import main
from trueport.compare.execution.checksums import SUMS_FILE
from trueport.compare.judging.results import SCHEMA, Run
from trueport.compare.study import results as study_results

OBSERVED = "observations/torch-float64/0001.npz"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run in the folder, with an array that a port gave."""
    observed = tmp_path / "run" / OBSERVED
    observed.parent.mkdir(parents=True)
    observed.write_bytes(b"an array")
    run = sample_run.faulty()
    run.settings |= {"data": "embedded", "seed": 0}
    run.save(tmp_path / "run", tmp_path / "run" / "observations")
    return tmp_path / "run"


def flip(name: str) -> Callable[[Path], None]:
    """Change one bit in the middle of a file."""

    def change(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)

    return change


def raise_budget(folder: Path) -> None:
    """Change one figure, and nothing else."""
    path = folder / "results.json"
    text = path.read_text(encoding="utf-8")
    record = json.loads(text)
    used = next(v["budget_used"] for v in record["verdicts"] if v["budget_used"])
    changed = text.replace(f'"budget_used": {used!r}', '"budget_used": 0.5', 1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


def cut(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return change


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def replace(content: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "results.json").write_text(content) and None


def rename_schema(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "results.json"
        path.write_text(path.read_text().replace(f'"{SCHEMA}"', f'"{name}"'))

    return change


AGAIN = "give the run's command again"
DAMAGED = {
    "a figure in results.json": (
        raise_budget,
        f"results.json is not as the run wrote it: .*{AGAIN}",
    ),
    "a bit of traces.npz": (flip("traces.npz"), f"traces.npz is not as the run wrote it.*{AGAIN}"),
    "a bit of details.npz": (flip("details.npz"), f"details.npz is not as the run .*{AGAIN}"),
    "a bit of what a port gave": (flip(OBSERVED), f"0001.npz is not as the run wrote it.*{AGAIN}"),
    "a bit of the sums": (flip(SUMS_FILE), f"is not as the run wrote it.*{AGAIN}"),
    "half of results.json": (cut("results.json"), f"results.json is cut off or not JSON.*{AGAIN}"),
    "half of traces.npz": (cut("traces.npz"), f"traces.npz is not as the run wrote it.*{AGAIN}"),
    "half of the sums": (cut(SUMS_FILE), f"is not as the run wrote it.*{AGAIN}"),
    "no traces.npz": (remove("traces.npz"), f"traces.npz is not there: copy it too.*{AGAIN}"),
    "no details.npz": (remove("details.npz"), f"details.npz is not there: copy it too.*{AGAIN}"),
    "no sums": (remove(SUMS_FILE), f"has no {SUMS_FILE}.*copy it too.*{AGAIN}"),
    "no results.json": (remove("results.json"), "no results.json in .*: give the folder of a run"),
    "an empty results.json": (replace(""), f"results.json is cut off or not JSON.*{AGAIN}"),
    "bytes that are no text": (flip("results.json"), f"results.json is .*{AGAIN}"),
    "a list": (replace("[]"), f"results.json is no run: its schema must be {SCHEMA} .got None."),
    "a study": (replace('{"schema": "trueport/study/1"}'), "results.json is no run: its schema"),
    "an earlier version": (
        rename_schema("trueport/run/1"),
        f"was written by an earlier version of Trueport .trueport/run/1.*{AGAIN}",
    ),
    "a later version": (
        rename_schema("trueport/run/99"),
        "was written by a later version of Trueport .trueport/run/99.*: upgrade",
    ),
}
COMMANDS = {
    "report": lambda folder: ["report", str(folder)],
    "diff": lambda folder: ["diff", str(folder), str(folder)],
    "replay": lambda folder: ["replay", "--run", str(folder)],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("row", DAMAGED)
def test_damage_is_said_in_one_sentence(folder: Path, row: str, command: str) -> None:
    change, words = DAMAGED[row]
    change(folder)
    done = CliRunner().invoke(main, COMMANDS[command](folder))
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert done.output.startswith("Error: ")
    assert done.output.count("\n") == 1
    assert re.search(words, done.output), done.output


@pytest.fixture
def study_folder(tmp_path: Path) -> Path:
    """A study in a folder, with a run."""
    outcomes = [
        study_results.Outcome(port, seed, seed, "ok", final_accuracy=0.9 + seed / 1000)
        for port in ("torch", "keras")
        for seed in range(4)
    ]
    settings = {"ports": ["torch", "keras"], "margin": 0.2, "margin_steps": 100}
    settings |= {"paired": False, "steps": 10, "command": ""}
    study = study_results.Study(settings, {"source": "made up"}, {}, "now", outcomes)
    study.comparisons = study_results.compare_ports(outcomes, study.ports, settings, 0.9)
    study.save(tmp_path)
    sample_run.clean().save(tmp_path)
    return tmp_path


def raise_accuracy(folder: Path) -> None:
    """Change one figure of a study, and nothing else."""
    path = folder / "study.json"
    changed = path.read_text().replace('"final_accuracy": 0.901', '"final_accuracy": 0.991', 1)
    assert changed != path.read_text()
    path.write_text(changed)


def rewrite_study(content: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "study.json").write_text(content) and None


STUDY_AGAIN = "give the study's command again"
OTHER_SCHEMA = f"schema must be {study_results.SCHEMA} .got "
DAMAGED_STUDIES = {
    "a figure": (raise_accuracy, f"study.json is not as the study wrote it: .*{STUDY_AGAIN}"),
    "a bit": (flip("study.json"), f"study.json is .*{STUDY_AGAIN}"),
    "a bit of the sum": (flip("study.sha256"), f"is not as the study wrote it.*{STUDY_AGAIN}"),
    "half of it": (cut("study.json"), f"study.json is cut off or not JSON.*{STUDY_AGAIN}"),
    "half of the sum": (cut("study.sha256"), f"is not as the study wrote it.*{STUDY_AGAIN}"),
    "no sum": (remove("study.sha256"), f"has no study.sha256.*copy it too.*{STUDY_AGAIN}"),
    "an empty file": (rewrite_study(""), f"study.json is cut off or not JSON.*{STUDY_AGAIN}"),
    "a list": (rewrite_study("[]"), f"{OTHER_SCHEMA}None.: {STUDY_AGAIN}"),
    "another version": (rewrite_study('{"schema": "trueport/study/0"}'), OTHER_SCHEMA),
}


@pytest.mark.parametrize("row", DAMAGED_STUDIES)
def test_damage_of_a_study_is_said_in_one_sentence(study_folder: Path, row: str) -> None:
    change, words = DAMAGED_STUDIES[row]
    change(study_folder)
    done = CliRunner().invoke(main, ["report", str(study_folder)])
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    assert done.output.startswith("Error: ")
    assert done.output.count("\n") == 1
    assert re.search(words, done.output), done.output
    assert Run.load(study_folder).verdicts  # it has sums of its own


def test_a_study_and_a_run_in_one_folder_are_each_checked_by_their_own_sums(
    study_folder: Path,
) -> None:
    assert len(study_results.Study.load(study_folder).outcomes) == 8
    assert Run.load(study_folder).verdicts == sample_run.clean().verdicts
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum here")
    for sums in (SUMS_FILE, study_results.SUMS_FILE):
        subprocess.run(["sha256sum", "-c", sums], cwd=study_folder, check=True)


def test_a_run_is_read_where_what_the_ports_gave_was_not_copied(folder: Path) -> None:
    shutil.rmtree(folder / "observations")
    assert Run.load(folder).verdicts


def test_sha256sum_checks_the_files_too(folder: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum here")
    done = subprocess.run(["sha256sum", "-c", SUMS_FILE], cwd=folder, check=False)
    assert done.returncode == 0


def test_further_keys_of_a_later_version_are_left_out(tmp_path: Path) -> None:
    """The schema may be added to without another number."""
    record = sample_run.clean().to_record()
    record["later"] = record["verdicts"][0]["later"] = record["ports"][0]["later"] = 1
    run = sample_run.clean()
    run.to_record = lambda: record  # type: ignore[method-assign]
    run.save(tmp_path)
    assert Run.load(tmp_path).verdicts == sample_run.clean().verdicts


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> FaultRun:
    return run_undisturbed(tmp_path_factory)


@pytest.mark.sweep
def test_a_finished_run_that_is_damaged_is_run_again(finished: FaultRun, tmp_path: Path) -> None:
    shutil.copytree(finished.home, tmp_path, dirs_exist_ok=True)
    run = FaultRun(tmp_path)
    raise_budget(run.out)
    status, output = run.finish()
    assert status == 0, output
    assert "kept:" not in output
    assert run.read_results() == finished.read_results()


@pytest.mark.sweep
def test_a_kept_observation_that_is_damaged_is_made_again(
    finished: FaultRun, tmp_path: Path
) -> None:
    shutil.copytree(finished.home, tmp_path, dirs_exist_ok=True)
    run = FaultRun(tmp_path)
    (run.out / "observations").rename(run.out / "observations.part")
    flip("observations.part/twin-float32/0001.npz")(run.out)
    status, output = run.finish()
    assert status == 0, output
    assert "finished before: " in output
    assert run.read_results() == finished.read_results()


@pytest.mark.sweep
def test_the_same_run_twice_gives_the_same_bytes(finished: FaultRun, tmp_path: Path) -> None:
    """But for what is of the moment and the machine, which stands apart."""
    run = FaultRun(tmp_path)
    status, output = run.finish()
    assert status == 0, output
    assert run.read_results() == finished.read_results()
    host = json.loads((run.out / "results.json").read_text())["host"]
    assert set(host) == {"created", "environment", "envelope", "command", "ports"}


PORT = """
import numpy as np


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        self.params = {
            "W1": weight_init_std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": weight_init_std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def predict(self, x):
        a = 1 / (1 + np.exp(-(x @ self.params["W1"] + self.params["b1"])))
        z = a @ self.params["W2"] + self.params["b2"]
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)


def halve(x):
    return x / 2
"""
OWN = PORT.replace("x / 2", "x * 0.5") + '\n\ndef cases():\n    yield "halve", {"x": np.ones(3)}\n'


def call(home: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trueport.compare", *arguments], cwd=home, text=True,
        capture_output=True, check=False, env=FaultRun(home).environment,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr


@pytest.mark.sweep
def test_the_same_check_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """Of a network that draws its start, by a generator that nobody has seeded."""
    text = re.sub(r"np\.random\.randn\((.*?)\)", r"RNG.normal(size=(\1))", PORT)
    text = text.replace("    def __init__", "    RNG = np.random.default_rng()\n\n    def __init__")
    (tmp_path / "port.py").write_text(text.replace("RNG.normal", "self.RNG.normal"))
    for name in ("first.json", "second.json"):
        call(tmp_path, "check", "port.py", "--dtype", "float64", "--json", name)
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()


@pytest.mark.sweep
def test_the_same_run_against_a_reference_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "port.py").write_text(PORT)
    found = []
    for _ in range(2):
        call(tmp_path, "run", "--against", "own.py", "--ports", "port.py", "--out", "out")
        found.append(FaultRun(tmp_path).read_results())
    assert found[0] == found[1]


def test_a_finding_is_replayed_from_its_own_files_alone(finished: FaultRun, tmp_path: Path) -> None:
    """Without what the ports gave, in another folder; the port is asked anew."""
    for name in ("results.json", "traces.npz", "details.npz", SUMS_FILE):
        shutil.copy(finished.out / name, tmp_path / name)
    words = ["replay", "reference", "softmax", "--run", str(tmp_path)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert f"in {tmp_path}: faithful" in done.output


RUNS_CODE = {
    "pickle",
    "cPickle",
    "dill",
    "joblib",
    "cloudpickle",
    "shelve",
    "marshal",
    "jsonpickle",
}
SAFE = {"load": ("allow_pickle", False), "read_array": ("allow_pickle", False)}
SOURCES = sorted(
    path
    for top in ("compare", "reference", "torch_impl", "keras_impl", "trueport")
    for path in (ROOT / top).glob("**/*.py" if top != "trueport" else "*.py")
)


def find_unsafe_reads(tree: ast.AST) -> list[str]:
    """The places of a module where a file that is read could run code."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [name for name in names if name.partition(".")[0] in RUNS_CODE]
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner, name = ast.unparse(node.func.value), node.func.attr
        given = {k.arg: getattr(k.value, "value", None) for k in node.keywords}
        if (owner, name) == ("torch", "load") and given.get("weights_only") is not True:
            found.append(ast.unparse(node))
        numpy = (owner in ("np", "numpy") and name == "load") or name == "read_array"
        if numpy and given.get("allow_pickle") is not False:
            found.append(ast.unparse(node))
        if name in ("read_pickle", "load_model") and owner not in ("self",):
            found.append(ast.unparse(node))
    return found


def test_no_file_that_is_read_can_run_code() -> None:
    assert len(SOURCES) > 300
    unsafe = {
        str(path.relative_to(ROOT)): found
        for path in SOURCES
        if (found := find_unsafe_reads(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert unsafe == {}


@pytest.mark.parametrize(
    "code",
    ["import pickle", "from dill import load", "np.load(path)", "torch.load(path)",
     "np.load(path, allow_pickle=True)", "pd.read_pickle(path)", "format.read_array(file)"],
)  # fmt: skip
def test_what_could_run_code_is_found(code: str) -> None:
    assert len(find_unsafe_reads(ast.parse(code))) == 1
