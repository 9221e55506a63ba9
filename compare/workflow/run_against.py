"""`trueport run --against`: ports held against a reference of the user's own, in one report.

Each file of the reference is run once, and the ports are held against it one after another. What
one port does costs no other its results, and Ctrl-C keeps what is done.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..execution.environment import describe_environment
from ..execution.files import remove_stale_parts
from ..execution.lock import lock_folder
from ..execution.observation import Observation
from ..execution.temporary import make_temporary_folder
from ..judging.check import Check
from ..judging.results import Run
from ..judging.status import FAILURES, Status
from ..ports.user_code.target import Target, parse_target
from .check_against import AgainstRun, observe_reference
from .options import Options, Progress, ignore
from .port_record import PortRecord, describe_source, find_searched, make_verdicts
from .run_context import check_writable
from .suite_files import SuiteFile, list_suite_files, name_reference

Say = Callable[[str], None]


@dataclass(frozen=True)
class AgainstSettings:
    """What the user asked for. ports: by name, as typed; options: how each is checked."""

    out: Path
    ports: Mapping[str, str]
    options: Options
    command: str = ""

    def to_record(self) -> dict[str, Any]:
        """Return what the report states of it."""
        options = self.options
        return {
            "against": options.against,
            "ports": dict(self.ports),
            "dtypes": list(options.dtypes),
            "inputs": options.inputs,
            "map": {mine: theirs for theirs, mine in options.names.items()},
            "gradient": options.gradient,
            "deep": options.deep,
            "timeout": options.timeout,
            "memory_mb": options.memory_mb,
            "python": str(options.python) if options.python else None,
            "command": self.command,
        }


def run_against(settings: AgainstSettings, say: Say = ignore) -> Run:
    """Hold every port against the reference, and leave the results in settings.out.

    What an earlier call left there is not used: its results are replaced.

    Raises ValueError, with nothing written, where a file is not there or no reference can be run.
    """
    options = settings.options
    assert options.against is not None
    files = list_suite_files(options.against, settings.ports, options.python is not None)
    check_writable(settings.out)
    with lock_folder(settings.out):
        remove_stale_parts(settings.out)
        return compare_files(settings, files, say)


def compare_files(settings: AgainstSettings, files: Sequence[SuiteFile], say: Say) -> Run:
    """Hold every port against these files, and write the results."""
    options = settings.options
    result = start_result(settings)
    records = [PortRecord(name, options.dtypes) for name in settings.ports]
    hindrances: list[str] = []
    with make_temporary_folder() as folder:
        run = SuiteRun(options, folder, result, records, hindrances, say)
        try:
            for file in files:
                run.run_file(file)
        except KeyboardInterrupt:
            result.interrupted = True
    if len(hindrances) == len(files):
        raise ValueError("; ".join(hindrances))
    for record in records:
        result.ports += record.summarize(result, files)
    if not result.interrupted:
        result.against["notes"] = list(find_unused_names(result, records, options.names))
    result.save(settings.out)
    return result


def start_result(settings: AgainstSettings) -> Run:
    """Return a result without any port."""
    owner = name_reference(settings.options.against or "")
    return Run(
        settings=settings.to_record(),
        data={},
        environment=describe_environment(),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        against={"reference": owner, "functions": [], "checks": [], "notes": []},
    )


def find_unused_names(
    result: Run, records: Sequence[PortRecord], names: Mapping[str, str]
) -> Iterator[str]:
    """Yield what --map says of functions that are not there. names: the reference's to a port's."""
    theirs = {one["name"] for one in result.against["functions"]}
    offered = {name for one in records for o in one.seen for name in o.facts.get("functions", [])}
    for name, mine in names.items():
        if name not in theirs:
            yield f"--map {mine}={name}: the reference has no function {name}"
        elif mine not in offered:
            yield f"--map {mine}={name}: no port has a function {mine}"


def compute_exit_code(result: Run) -> int:
    """Return 0 if all ports are faithful, 1 if one is not shown to be, 2 if nothing compares."""
    if not any(v.passed or v.status in FAILURES for v in result.verdicts):
        return 2
    return 0 if all(port.verdict == "faithful" for port in result.ports) else 1


@dataclass
class SuiteRun:
    """A run under way. folder: of its processes. result: what it fills.

    hindrances: of the files of the reference that cannot be compared by.
    """

    options: Options
    folder: Path
    result: Run
    records: list[PortRecord]
    hindrances: list[str]
    say: Say

    def run_file(self, file: SuiteFile) -> None:
        """Run one file of the reference, then hold each port against it."""
        options, folder = replace(self.options, against=file.reference), self.folder / file.name
        target = parse_target(file.reference)
        follow = self.follow(f"{file.name}, the reference")
        truth = observe_reference(target, options, folder / "reference", None, follow)
        if truth.status != "ok" and not truth.cases:
            self.note_hindrance(file, f"{file.reference}, the reference: {truth.message}")
            return
        names = self.list_functions(file, target, truth)
        searched = False  # for what the inputs could not show, which is the same for every port
        for number, record in enumerate(self.records):
            if file.ports[record.port] is None:
                told = f"not offered: the port has no file {file.name}"
                absent = make_verdicts(record, file, names, Status.MISSING, told)
                self.result.verdicts += absent
                record.done.add(file.name)
                continue
            one = AgainstRun(
                folder / str(number),
                target,  # the port's own, as soon as it is found
                target,
                options,
                Check(file.ports[record.port] or "", against=file.reference),
                truth,
                survivors=not searched,
                some_names=True,
            )
            self.check_port(file, record, one)
            searched = searched or find_searched(one.result.verdicts)

    def check_port(self, file: SuiteFile, record: PortRecord, run: AgainstRun) -> None:
        """Hold one port against one file; what is known of it is kept, however that ends."""
        where = f"{file.name}, {record.port}"
        check = run.result
        try:
            run.port = parse_target(check.target, elsewhere=self.options.python is not None)
            run.folder.mkdir(parents=True)
            run.observe(self.follow(where))
            if not check.hindrance:
                run.judge(lambda told: self.say(f"{where}: {told}"))
                record.add_evidence(self.result, run)
        except Exception as error:  # noqa: BLE001  # whatever fails here costs no other port its results
            check.hindrance = f"{check.target}: {type(error).__name__}: {error}"
        finally:
            record.keep(self.result, file, run)
        record.done.add(file.name)

    def list_functions(self, file: SuiteFile, target: Target, truth: Observation) -> list[str]:
        """Note the functions of the reference; return those that there are calls of."""
        names = [target.name] if target.name else list(truth.facts["functions"])
        without = set(truth.facts["without_inputs"])
        for name in names:
            source = truth.facts["sources"].get(name)
            sources = [describe_source("reference", source)] if source else []
            note = "no inputs" if name in without else ""
            told = {"name": name, "file": file.name, "note": note, "sources": sources}
            self.result.against["functions"].append(told)
        return [name for name in names if name not in without]

    def note_hindrance(self, file: SuiteFile, told: str) -> None:
        """Note that one file of the reference cannot be compared by: nothing in it is."""
        self.hindrances.append(told)
        self.result.against["functions"] += [
            {"name": name, "file": file.name, "note": "", "sources": []} for name in file.functions
        ]
        for record in self.records:
            found = make_verdicts(record, file, file.functions, Status.NOT_COMPARABLE, told)
            self.result.verdicts += found
            record.done.add(file.name)

    def follow(self, where: str) -> Progress:
        """Return what follows the processes of one check."""
        self.say(where)
        return lambda dtype: lambda what, done: self.say(f"{where}: {done} {what} in {dtype}")
