"""`trueport run --against`: what goes with it, and what it does in place of the chapter's run."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from . import options as shared

OWN_OUT = Path(
    "runs/against"
)  # not runs/latest: a run of the chapter takes minutes, and is kept there
# by the names of the parameters
FOR_THE_CHAPTER = (
    *("data", "steps", "batch_size", "learning_rate", "hidden_size", "backends", "seed"),
    *("require_ports", "accept", "cache", "no_cache", "fresh"),
)
FOR_OWN_REFERENCES = (*("inputs", "pairs", "gradient", "deep", "timeout", "memory_mb", "python"),)


def take_own_options(ctx: click.Context, options: dict[str, Any]) -> dict[str, Any]:
    """Return those of the options that belong to a reference of one's own, taken out of all.

    Raises ValueError for one that was given and does not go with what is run.
    """
    against = options["against"]
    refused = FOR_OWN_REFERENCES if against is None else FOR_THE_CHAPTER
    given = [p for p in ctx.command.params if p.name in refused and was_given(ctx, p.name)]
    if given:
        names = ", ".join("/".join(p.opts + p.secondary_opts) for p in given)
        belong = "belongs" if len(given) == 1 else "belong"
        if against is None:
            raise ValueError(f"{names} {belong} to a reference of your own: --against FILE")
        raise ValueError(f"{names} {belong} to the chapter's run, not to --against")
    if against is not None and not was_given(ctx, "ports"):
        raise ValueError("--against needs ports: --ports torch=mine_torch.py,keras=mine_keras.py")
    return {name: options.pop(name) for name in ("against", *FOR_OWN_REFERENCES)}


def was_given(ctx: click.Context, parameter: str) -> bool:
    """Whether the user gave an option, by the name of its parameter."""
    default = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)
    return ctx.get_parameter_source(parameter) not in default


def run_own_suite(ports: Sequence[str], dtype: str, own: Mapping[str, Any], out: Any) -> None:
    """Hold ports against a reference of one's own, write the report and end the process."""
    from ..report.summary import format_summary
    from ..workflow.options import Options
    from ..workflow.reports import write_run_reports
    from ..workflow.run_against import AgainstSettings, compute_exit_code, run_against
    from ..workflow.suite_files import parse_ports
    from .progress_line import ProgressLine

    with shared.refuse_bad_input():
        rest = {name: value for name, value in own.items() if name != "pairs"}
        names = shared.parse_pairs(own["pairs"])
        options = Options(dtypes=shared.list_dtypes(dtype), names=names, **rest)
        settings = AgainstSettings(out, parse_ports(ports), options, shared.quote_command())
        with ProgressLine() as line:
            result = run_against(settings, line.say)
    shared.print_lines(format_summary(result))
    with shared.refuse_bad_input():
        shared.print_written(write_run_reports(out, warn=shared.warn))
    shared.stop_if_interrupted(result.interrupted)
    sys.exit(compute_exit_code(result))
