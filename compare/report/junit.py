"""A run as JUnit XML: a suite for each port and dtype, a test case for each component.

Green exactly where `trueport run` exits with 0: a component that is not offered or has no power is
skipped and never passed; a port that did not run or passed nothing is an error, and so is a run
that compared nothing.
"""

from ..judging.results import PortRun, Run, Verdict
from ..judging.rows import sort_by_gate
from .findings import format_facts
from .junit_writer import JUnitWriter
from .matrix import find_columns
from .replay import format_replay_command
from .sentence import build_verdict_sentence
from .wording import get_status_style

ELEMENT_KINDS = {"error": "error", "timeout": "error", "missing": "skipped", "no-power": "skipped"}
JUnitResult = tuple[str, str, str, str]  # kind of element, message, type, text


def render_junit(run: Run) -> str:
    """Return the XML of a run."""
    writer = JUnitWriter("trueport run")
    for column in find_columns(run):
        name = f"{column.port} {column.dtype}"
        suite = writer.add_suite(name, column.run.wall_s if column.run else 0.0)
        mine = [v for v in sort_by_gate(run) if (v.port, v.dtype) == (column.port, column.dtype)]
        results = [(v.component, describe_verdict(v, run)) for v in mine]
        if column.run is not None:
            passes = any(v.passed for v in mine)
            results.insert(0, ("the port runs", describe_process(column.run, passes)))
        for title, result in results:
            case = writer.add_case(suite, name, title)
            if result is not None:
                writer.add_result(case, *result)
    if not any(v.passed for v in run.verdicts):
        case = writer.add_case(writer.add_suite("trueport"), "trueport", "a comparison")
        writer.add_result(case, "error", build_verdict_sentence(run).headline, "nothing-compared")
    return writer.render()


def describe_process(port: PortRun, passes: bool) -> JUnitResult | None:
    """Return how a port's process failed, None if it did not.

    passes: any of its components.
    """
    if port.status != "ok":
        kind = "skipped" if port.status == "not installed" else "error"
        return kind, port.message or port.status, port.status, ""
    return None if passes else ("error", "none of its components passed", port.verdict, "")


def describe_verdict(verdict: Verdict, run: Run) -> JUnitResult | None:
    """Return why a component did not pass, None if it did or was accepted."""
    if verdict.passed or is_accepted(verdict, run):
        return None
    look = get_status_style(verdict)
    lines = [f"{label}: {value}" for label, value in format_facts(verdict)]
    if verdict.cause and verdict.status != "follows":
        lines += [f"{k}: {verdict.cause[k]}" for k in ("name", "does") if k in verdict.cause]
    if verdict.status != "missing":
        lines.append(f"see it again: {format_replay_command(verdict, run.settings)}")
    kind = ELEMENT_KINDS.get(look.name, "failure")
    return kind, verdict.message or look.meaning, verdict.status, "\n".join(lines)


def is_accepted(verdict: Verdict, run: Run) -> bool:
    """Tell whether a verdict is a convention accepted by name, or follows from one."""
    accepted = set(run.settings.get("accept") or ())
    if verdict.status == "follows":
        place = (verdict.port, verdict.dtype, verdict.follows)
        roots = [v for v in run.verdicts if (v.port, v.dtype, v.component) == place]
        return any(v.status == "convention" and is_accepted(v, run) for v in roots)
    ids = str((verdict.cause or {}).get("id") or "")
    return verdict.status == "convention" and bool(ids) and set(ids.split("+")) <= accepted
