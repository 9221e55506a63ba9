"""What a stranger's file can reach while it is judged: said once, and held where the system can."""

import ast
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trueport import reference
from trueport.compare.cli import main
from trueport.compare.cli.check import EXECUTES
from trueport.compare.execution.process import build_environment
from trueport.compare.ports.user_code import isolation
from trueport.compare.ports.user_code.isolation import (
    FOLDER_COVERED,
    FOLDER_OPEN,
    NETWORK_OFF,
    NETWORK_REFUSED,
    isolate_process,
)
from trueport.compare.ports.user_code.target import parse_target

ROOT = Path(__file__).parents[2]
RIGHT = "import numpy as np\n\n\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n"

# It is right, and does beside that whatever a file may do by accident. Where the system holds it,
# what goes wrong is told by a wrong result.
BUSY = """
import os
import tempfile
from pathlib import Path

import _socket  # the socket that nobody has replaced
import numpy as np

DATA = np.loadtxt("weights.txt")
with open("plot.svg", "w") as plot:
    plot.write("<svg/>")
with open("weights.txt", "a") as weights:
    weights.write("2.0\\n")
Path(__file__).with_name("cache.npy").write_bytes(b"cache")
os.makedirs("out", exist_ok=True)
Path("out", "log.txt").write_text("step 1")
Path(tempfile.gettempdir(), "left-by-a-busy-port").write_text("x")
AGAIN = np.loadtxt("weights.txt")


def is_reached():
    asking = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
    try:
        asking.connect(("192.0.2.1", 9))  # of no machine, by RFC 5737; nothing is sent
    except OSError:
        return False
    return True


def sigmoid(x):
    own = _socket.socket()
    own.bind(("127.0.0.1", 0))
    own.listen()
    other = _socket.socket()
    other.connect(own.getsockname())
    held = os.environ.get("MY_API_KEY") is None and DATA.shape == () and AGAIN.shape == (2,)
    return 1 / (1 + np.exp(-x)) if held and not is_reached() else np.zeros_like(x)
"""


def can_isolate() -> bool:
    """Whether this system lets a process leave its network and cover a folder."""
    return ask_isolated("pass")["told"] == {"network": NETWORK_OFF, "folder": FOLDER_COVERED}


def ask_isolated(code: str, folder: Path = ROOT / "docs", kept: Path = ROOT / "docs") -> Any:
    """What isolate_process told a process that ran some code afterwards."""
    text = (
        "import json, pathlib\n"
        "from trueport.compare.ports.user_code.isolation import isolate_process\n"
        f"told = isolate_process(pathlib.Path({str(folder)!r}), pathlib.Path({str(kept)!r}))\n"
        f"{code}\n"
        "print(json.dumps({'told': told}))\n"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


needs_isolation = pytest.mark.skipif(not can_isolate(), reason="this system does not let us")


@dataclass
class Answer:
    """What a check of the busy file left."""

    status: int
    out: str
    err: str
    told: dict[str, Any]
    files: dict[str, str]
    temporary: list[str]


def run_check(*arguments: object, **how: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "compare", "check", *map(str, arguments)]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    given = os.environ | {"PYTHONPATH": path} | how.pop("env", {})
    return subprocess.run(command, capture_output=True, text=True, env=given, **how)


@pytest.fixture(scope="module")
def busy(tmp_path_factory) -> Answer:
    folder, other = tmp_path_factory.mktemp("port"), tmp_path_factory.mktemp("other")
    (folder / "busy.py").write_text(BUSY)
    (folder / "weights.txt").write_text("1.0\n")
    answer = other / "answer.json"
    env = {"MY_API_KEY": "secret", "TMPDIR": str(other)}
    done = run_check(folder / "busy.py", "--dtype", "float64", "--json", answer, env=env)
    files = {p.name: p.read_text() for p in folder.iterdir() if p.is_file()}
    files |= {f"{p.name}/": "" for p in folder.iterdir() if p.is_dir()}
    left = [p.name for p in other.rglob("*") if p != answer]
    told = json.loads(answer.read_text())
    return Answer(done.returncode, done.stdout, done.stderr, told, files, left)


@needs_isolation
def test_a_busy_file_is_right_and_leaves_nothing_behind(busy):
    """It reached no network but its own machine, saw no secret, and its folder is as it was."""
    assert busy.status == 0, busy.out + busy.err
    assert busy.files == {"busy.py": BUSY, "weights.txt": "1.0\n"}
    assert busy.told["isolation"] == {"network": NETWORK_OFF, "folder": FOLDER_COVERED}


def test_what_a_file_leaves_among_temporary_files_goes_with_its_process(busy):
    assert [name for name in busy.temporary if "scratch" in name or "left-by" in name] == []


def test_the_check_says_once_that_it_executes_and_not_in_the_files(busy):
    assert busy.err.splitlines().count(EXECUTES) == 1
    assert "execut" not in busy.out
    assert EXECUTES not in json.dumps(busy.told)


def record(folder: Path) -> Path:
    from trueport.compare.chapter.cases import generate_cases
    from trueport.compare.chapter.contract import COMPONENTS

    folder.mkdir()
    cases = [case for case in generate_cases() if COMPONENTS[case.component].gate != "data"]
    values = {
        f"{n:04d}/value": reference.sigmoid(case.inputs["x"])
        for n, case in enumerate(cases)
        if case.component == "sigmoid"
    }
    np.savez(folder / "outputs.npz", **values)
    return folder


def test_arrays_are_not_executed_and_nothing_is_said_of_it(tmp_path):
    done = CliRunner().invoke(main, ["check", str(record(tmp_path / "arrays"))])
    assert done.exit_code == 0, done.output
    assert EXECUTES not in done.output


def test_of_several_targets_it_is_said_once(tmp_path):
    targets = [str(record(tmp_path / "arrays")), "no_such_a.py", "no_such_b.py"]
    done = CliRunner().invoke(main, ["check", *targets])
    assert done.output.count(EXECUTES) == 1


def test_where_the_system_refuses_it_is_said(monkeypatch, tmp_path):
    def refuse(flags: int) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(isolation, "unshare", refuse)
    monkeypatch.setattr(isolation, "can_be_alone", lambda: False)
    told = isolate_process(tmp_path, tmp_path)
    assert told == {"network": NETWORK_REFUSED, "folder": FOLDER_OPEN}


AS_A_USER = """
import ctypes
import os
import shutil
import sys
from pathlib import Path

from trueport.compare.ports.user_code.isolation import isolate_process

folder = Path(sys.argv[1])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE, which another user's program is
print(isolate_process(folder / "run", folder / "kept")["folder"])
os.chdir(folder / "run")
shutil.rmtree("out")
os.makedirs("out/again")
os.mkdir("begun")
os.rename("begun", "done")
print(sorted(os.listdir(".")))
"""


def test_a_user_makes_and_moves_folders_in_the_layer(tmp_path):
    for name in ("run/out/old", "kept", "temporary"):
        (tmp_path / name).mkdir(parents=True)
    for path in [tmp_path, *tmp_path.rglob("*"), *list(tmp_path.parents)[:2]]:
        path.chmod(0o777)
    if os.geteuid() == 0:
        for path in [tmp_path, *tmp_path.rglob("*")]:
            os.chown(path, 65534, 65534)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "temporary")}
    done = subprocess.run(
        [sys.executable, "-c", AS_A_USER, tmp_path], env=environment, capture_output=True, text=True
    )
    told, found = [*done.stdout.splitlines(), "", ""][:2]
    if told == FOLDER_OPEN:
        pytest.skip("this system lets no user lay a layer")
    assert (told, found) == (FOLDER_COVERED, "['done', 'out']"), done.stderr
    assert (tmp_path / "run" / "out" / "old").is_dir()


@needs_isolation
def test_what_the_harness_writes_below_a_covered_folder_stays(tmp_path):
    kept = tmp_path / "runs"
    kept.mkdir()
    write = f"(pathlib.Path({str(tmp_path)!r}) / 'port').write_text('x')\n"
    write += f"(pathlib.Path({str(kept)!r}) / 'ours').write_text('x')"
    ask_isolated(write, tmp_path, kept)
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()] == [
        "runs/ours"
    ]


@needs_isolation
@pytest.mark.parametrize("name", ["a,b", "a:b", "a\\b"])
def test_a_folder_that_no_layer_can_be_asked_for_is_left_open(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    told = ask_isolated("pass", folder, folder)["told"]
    assert told == {"network": NETWORK_OFF, "folder": FOLDER_OPEN}


@pytest.mark.parametrize(
    ("name", "removed"),
    [
        *[(name, True) for name in ("GITHUB_TOKEN", "HF_TOKEN", "my_secret", "DB_PASSWORD")],
        *[(name, True) for name in ("OPENAI_API_KEY", "APIKEY", "AWS_PROFILE", "GH_PAT")],
        *[(name, True) for name in ("AWS_ACCESS_KEY_ID", "GOOGLE_APPLICATION_CREDENTIALS")],
        *[(name, False) for name in ("PATH", "HOME", "TOKENIZERS_PARALLELISM", "MAX_TOKENS")],
        *[(name, False) for name in ("CUDA_VISIBLE_DEVICES", "KEYBOARD", "OLDPWD", "XLA_FLAGS")],
    ],
)
def test_secrets_are_not_in_the_environment_of_a_users_port(monkeypatch, name, removed):
    monkeypatch.setenv(name, "value")
    assert (name not in build_environment(is_target=True)) == removed
    assert name in build_environment(is_target=False)  # ours may download data


# -- what the target is called --------------------------------------------------------------------

NAMES = ("a b'\"é\n.py", "-x.py", " lead.py ", "~nobody.py", "f(1):g(x)", "$(touch x);`y`.py")


@pytest.mark.parametrize("name", NAMES)
def test_a_path_is_taken_as_it_stands(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path(tmp_path, name).write_text(RIGHT)
    assert parse_target(name).path == str(tmp_path / name)
    assert parse_target(f"./{name}").path == str(tmp_path / name)
    assert parse_target(f"{name}:sigmoid").name == "sigmoid"


@settings(derandomize=True, deadline=None, database=None, max_examples=100)
@given(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=30))
@example("\udcff.py")
@example("a:b")
def test_any_name_that_a_file_may_have_is_a_target(tmp_path_factory, name):
    file = tmp_path_factory.mktemp("named") / name
    try:
        file.write_text(RIGHT)
    except (OSError, UnicodeEncodeError):  # "..", a name too long, a surrogate of no byte
        return
    assert parse_target(str(file)).path == str(file)


@pytest.mark.parametrize("name", ["a b'\"é\n$(touch x).py", "-x.py"])
def test_a_file_of_any_name_is_judged(tmp_path, name):
    (tmp_path / name).write_text(RIGHT)
    done = run_check("--dtype", "float64", "--", name, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "faithful: the same as the chapter's in sigmoid" in done.stdout
    assert [file.name for file in tmp_path.iterdir()] == [name]


# -- no shell -------------------------------------------------------------------------------------

SHELLS = {
    "os": {"system", "popen"},
    "subprocess": {"getoutput", "getstatusoutput"},
    "asyncio": {"create_subprocess_shell"},
    "pty": {"spawn"},
}


def find_shells(tree: ast.AST) -> list[int]:
    """The lines at which a shell would be asked to read something."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="shell"):
                found.append(node.value.lineno)
            case ast.Attribute(value=ast.Name(module), attr=name):
                found += [node.lineno] if name in SHELLS.get(module, ()) else []
            case ast.ImportFrom(module=module):
                names = {alias.name for alias in node.names}
                found += [node.lineno] if names & SHELLS.get(module or "", set()) else []
    return sorted(found)


def test_what_asks_a_shell_is_found():
    text = "from os import system\nos.system(x)\ns.run(x, shell=True)\nos.popen(x)\na.system(x)"
    assert find_shells(ast.parse(text)) == [1, 2, 3, 4]


def test_no_shell_is_ever_asked():
    packages = ("compare", "reference", "torch_impl", "keras_impl", "benchmarks")
    files = [file for name in packages for file in (ROOT / name).rglob("*.py")]
    assert len(files) > 200
    asked = {
        str(file.relative_to(ROOT)): lines
        for file in files
        if (lines := find_shells(ast.parse(file.read_text(encoding="utf-8"))))
    }
    assert asked == {}
