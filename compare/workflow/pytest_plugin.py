"""The parity suite as tests: `pytest --trueport-target my_port.py`, one a component and dtype.

Loaded in every run of pytest, so nothing but pytest is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .parametrize import MARK, generate_checks
from .pytest_outcomes import ACCEPT_OPTION, ParityError
from .pytest_suite import ParitySuite, run_check

if TYPE_CHECKING:
    from ..judging.check import Check
    from .options import Options

SUITE_NAME = "trueport"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and the settings of pyproject.toml."""
    group = parser.getgroup(SUITE_NAME, "trueport: is this port faithful to the chapter?")
    add = group.addoption
    add(
        "--trueport-target",
        metavar="TARGET",
        help="collect the parity suite of this port: a Python file, file.py:Name, an importable "
        "module, or a folder of recorded arrays",
    )
    add(
        ACCEPT_OPTION,
        metavar="IDS",
        default="",
        help="conventions to accept, as F26,F77; also pyproject.toml, [tool.trueport] accept",
    )
    add("--trueport-dtype", choices=["float64", "float32", "both"], default="both")
    add("--trueport-framework", choices=["numpy", "torch", "keras", "jax"])
    add("--trueport-loss", metavar="FILE:NAME", help="the loss function of a bare model")
    add("--trueport-python", type=Path, metavar="PATH", help="the interpreter to run the port in")
    add(
        "--trueport-against",
        metavar="REFERENCE",
        help="a NumPy file of your own whose functions are right, in place of the chapter; or one "
        "with a torch or Keras model",
    )
    add(
        "--trueport-input",
        metavar="SHAPE",
        action="append",
        help="of models: the shape of an input, 2x3x32x32; token ids 2x16:int<100; a scale *9",
    )
    add("--trueport-inputs", metavar="FILE", help="with --trueport-against: calls to compare by")
    add("--trueport-timeout", type=float, metavar="SECONDS", help="for one case")


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark of `trueport.parametrize`, and the suite if a target is given."""
    config.addinivalue_line("markers", f"{MARK}: set by trueport.parametrize")
    if (target := config.getoption("--trueport-target")) is not None:
        config.pluginmanager.register(CommandLineSuite(config, target), "trueport-suite")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that `trueport.parametrize` decorates a case for each component."""
    folder = metafunc.definition.path.parent

    def make_suite(port: str, against: str | None, options: dict[str, Any]) -> ParitySuite:
        if against is not None:
            options = {"against": resolve_target(against, metafunc.config, folder), **options}
        target = resolve_target(port, metafunc.config, folder)
        return ParitySuite(target, read_options(metafunc.config, **options))

    generate_checks(metafunc, make_suite)


@pytest.fixture(scope="session")
def trueport_check(pytestconfig: pytest.Config) -> Callable[..., Check]:
    """Check a port: `trueport_check("my_port.py").exit_code == 0`; the same call again is free.

    Takes a target, from where pytest was started or else the project's root, and, by name, the
    fields of `workflow.options.Options` that shall differ from the command line.
    """
    known: dict[str, Check] = {}

    def check(target: str | Path, **options: Any) -> Check:
        key = f"{target} {sorted((name, str(value)) for name, value in options.items())}"
        if key not in known:
            path = resolve_target(str(target), pytestconfig)
            known[key] = run_check(path, read_options(pytestconfig, **options))
        return known[key]

    return check


def read_options(config: pytest.Config, **options: Any) -> Options:
    """Return the options of the command line and pyproject.toml, but for those given."""
    from ..chapter.suite import CHAPTER
    from ..judging.accept import parse_convention_ids, read_accepted_conventions
    from .options import Options

    accept = parse_convention_ids(CHAPTER, config.getoption(ACCEPT_OPTION), ACCEPT_OPTION)
    accept += read_accepted_conventions(CHAPTER, config.rootpath)
    taken: dict[str, Any] = {"accept": accept}
    for name in ("framework", "loss", "python", "timeout", "against", "inputs"):
        if (value := config.getoption(f"--trueport-{name}")) is not None:
            taken[name] = value
    if shapes := config.getoption("--trueport-input"):
        taken["shapes"] = tuple(shapes)
    if (dtype := config.getoption("--trueport-dtype")) != "both":
        taken["dtypes"] = (dtype,)
    if "against" in taken:
        taken["against"] = resolve_target(taken["against"], config)
    taken |= options
    if taken.get("against") is not None and "accept" not in options:
        taken["accept"] = ()  # conventions are the chapter's
    taken["accept"] = parse_convention_ids(CHAPTER, taken["accept"])
    python = taken.get("python")
    if python is not None and not Path(python).is_file():
        raise ValueError(f"--trueport-python must be an interpreter (got {python})")
    return Options(**taken)


def resolve_target(target: str, config: pytest.Config, folder: Path | None = None) -> str:
    """Return target as it is found from where pytest was started, else from the project's root.

    folder: looked into before both.
    """
    started = config.invocation_params.dir
    name, colon, rest = target.partition(":")
    for text, tail in ((target, ""), (name, colon + rest)):
        for place in filter(None, (folder, started, config.rootpath)):
            if text and (place / text).exists():
                return f"{text if place == started else place / text}{tail}"
    return target


class CommandLineSuite(ParitySuite):
    """The suite of `--trueport-target`. Raises UsageError for what is wrong before it runs."""

    def __init__(self, config: pytest.Config, target: str) -> None:
        path = resolve_target(target, config)
        try:
            options = read_options(config)
        except ValueError as error:
            raise pytest.UsageError(str(error).replace("--accept", ACCEPT_OPTION)) from error
        try:
            super().__init__(path, options)
        except (ValueError, OSError) as error:
            raise pytest.UsageError(f"--trueport-target {path}: {error}") from error

    # first: what the user deselects must be there to be deselected
    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Add an item for each component and dtype, behind the user's own tests."""
        root = ParityGroup.from_parent(session, name=SUITE_NAME, nodeid=SUITE_NAME)
        dtypes = dict.fromkeys(dtype for dtype, _ in self.names if dtype)
        groups = {dtype: ParityGroup.from_parent(root, name=dtype) for dtype in dtypes} | {"": root}
        own: list[Any] = [
            ParityItem.from_parent(groups[dtype], name=name, suite=self, dtype=dtype)
            for dtype, name in self.names
        ]
        items += own
        # or pytest would say that it had collected none of these
        report = pytest.CollectReport(SUITE_NAME, "passed", None, own)
        session.ihook.pytest_collectreport(report=report)

    def pytest_report_header(self) -> str:
        """Say what is checked."""
        return f"trueport: {self.target} ({', '.join(self.options.dtypes)})"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Write a headline and the notes."""
        if "check" not in self.__dict__:  # no test asked
            return
        from ..report.check_text import format_check_headline
        from ..report.terminal import truncate_text

        terminalreporter.section(SUITE_NAME)
        terminalreporter.write_line(f"{self.target}: {format_check_headline(self.check)}")
        for note in self.check.notes:
            terminalreporter.write_line(f"  note: {truncate_text(note, 300)}")


class ParityGroup(pytest.Collector):
    """A dtype of the suite, or the whole of it. Its tests are made by `CommandLineSuite`."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        """Return nothing: the items are made by the suite."""
        return []


class ParityItem(pytest.Item):
    """One component in one dtype."""

    def __init__(self, *, suite: ParitySuite, dtype: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.suite, self.dtype = suite, dtype

    def runtest(self) -> None:
        """Fail with the finding of this component."""
        self.suite.verify(self.dtype, self.name)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show a finding as it is, without a traceback."""
        if isinstance(excinfo.value, ParityError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return where the item stands, and its name."""
        return Path(self.suite.target), None, f"{SUITE_NAME} {self.dtype} {self.name}"
