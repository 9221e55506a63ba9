"""One port of a reference of the user's own: its checks, file by file, and what they come to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..execution.observation import Observation
from ..functions.structures import walk_leaves
from ..judging.check import Check
from ..judging.evidence import collect_evidence, format_input
from ..judging.judge import combine_verdicts
from ..judging.results import PortRun, Run
from ..judging.status import FAULTS, Status
from ..judging.verdict import Verdict
from .check_against import AgainstRun
from .suite_files import SuiteFile


@dataclass
class PortRecord:
    """What is known of a port by now. done: the files it was held against to the end."""

    port: str
    dtypes: tuple[str, ...]
    framework: str = "numpy"
    done: set[str] = field(default_factory=set)
    hindrances: list[str] = field(default_factory=list)  # why it could not be run, by file
    seen: list[Observation] = field(default_factory=list)

    def add_evidence(self, result: Run, run: AgainstRun) -> None:
        """Put beside each finding of a check what its arrays show, before it is kept."""
        place = f"evidence/{len(result.against['checks'])}"
        for dtype, compared in run.compared.items():
            own = [v for v in run.result.verdicts if v.dtype == dtype]
            entries = {name: one.entries for name, one in compared.items()}
            result.details |= collect_evidence(own, entries, f"{place}/{dtype}/")
            for verdict in own:
                show_inputs(verdict, run)

    def keep(self, result: Run, file: SuiteFile, run: AgainstRun) -> None:
        """Put one check into the result, a half of it after Ctrl-C too."""
        check: Check = run.result
        for verdict in check.verdicts:
            verdict.port, verdict.gate = self.port, file.name
        result.verdicts += check.verdicts
        result.against["checks"].append(self.describe_check(file, check))
        sources: dict[str, Any] = {}
        for observation in run.seen:
            sources |= observation.facts.get("sources", {})
        for function in result.against["functions"]:
            if function["file"] == file.name and function["name"] in sources:
                told = describe_source(self.port, sources[function["name"]])
                function["sources"].append(told)
        self.seen += run.seen
        if run.seen:
            self.framework = check.framework
        if check.hindrance:
            self.hindrances.append(check.hindrance)

    def describe_check(self, file: SuiteFile, check: Check) -> dict[str, Any]:
        """Return what one check says beside its verdicts."""
        return {
            "port": self.port,
            "file": file.name,
            "target": check.target,
            "reference": file.reference,
            "framework": check.framework,
            "hindrance": check.hindrance,
            "notes": list(check.notes),
            "not_looked_at": [asdict(one) for one in check.not_looked_at],
            "blind_to": [asdict(one) for one in check.surviving_faults],
        }

    def summarize(self, result: Run, files: Sequence[SuiteFile]) -> list[PortRun]:
        """Return the port in each dtype; what Ctrl-C kept from being done makes it no pass."""
        return [self.summarize_dtype(result, files, dtype) for dtype in self.dtypes]

    def summarize_dtype(self, result: Run, files: Sequence[SuiteFile], dtype: str) -> PortRun:
        """Return the port in one dtype."""
        seen = [one for one in self.seen if one.job.dtype == dtype]
        troubled = [one for one in seen if one.status != "ok"]
        status, told = "ok", list(self.hindrances)
        if self.hindrances:
            status = "error"
        elif troubled:
            status, told = troubled[0].status, [one.message for one in troubled]
        if len(self.done) < len(files):
            status, told = "interrupted", ["stopped by the user"]
        versions = next((one.versions for one in seen if one.versions), {})
        found = PortRun(
            self.port,
            self.framework,
            dtype,
            status,
            ", ".join(f"{name} {version}" for name, version in versions.items()),
            "; ".join(dict.fromkeys(told)),
            wall_s=sum(one.wall_s for one in seen),
            peak_mb=max((one.peak_mb for one in seen), default=0.0),
            isolation=combine_isolation(seen),
        )
        verdict = combine_verdicts(result.select_verdicts(found))
        whole = verdict != "faithful" or status == "ok"
        found.verdict = verdict if whole else "not-comparable"
        return found


def combine_isolation(seen: Sequence[Observation]) -> dict[str, str]:
    """Return how the processes of a port were held, in all the words that were said of them."""
    told: dict[str, dict[str, None]] = {}
    for one in seen:
        for what, how in one.facts.get("isolation", {}).items():
            told.setdefault(what, {})[how] = None
    return {what: " or ".join(how) for what, how in told.items()}


def show_inputs(verdict: Verdict, run: AgainstRun) -> None:
    """Put the arguments of the worst call, or of the one that broke, beside a finding."""
    named = verdict.worst.case if verdict.worst and not verdict.broken else verdict.broken
    for case in run.cases:
        if verdict.evidence is not None and (case.function, case.id) == (verdict.component, named):
            verdict.evidence["inputs"] = {
                where: format_input(leaf)
                for name, value in case.round_to(verdict.dtype).arguments.items()
                for where, leaf in walk_leaves(name, value)
            }


def describe_source(port: str, source: dict[str, Any]) -> dict[str, Any]:
    """Return the source of a function as a page shows it beside others."""
    code = source["text"].rstrip("\n")
    return {"port": port, "file": Path(source["file"]).name, "line": source["line"], "code": code}


def find_searched(verdicts: Sequence[Verdict]) -> bool:
    """Whether a check has looked for what the inputs could not show: where nothing was wrong."""
    return bool(verdicts) and not any(v.status in FAULTS for v in verdicts)


def make_verdicts(
    record: PortRecord, file: SuiteFile, names: Sequence[str], status: Status, told: str
) -> list[Verdict]:
    """Return one verdict for each function and dtype that nothing was run for."""
    return [
        Verdict(record.port, name, file.name, dtype, status, message=told)
        for dtype in record.dtypes
        for name in names
    ]
