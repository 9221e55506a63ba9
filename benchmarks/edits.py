"""`python -m benchmarks.edits`: whether the edit is named that was made.

A sample of the edits of each function of examples/layers, each made and taken for a port: the
search for causes is given what it returns, and its answer is compared with what was done.
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from trueport.compare.causes.edits import SourceEdit, apply_edit, tidy_edit
from trueport.compare.cli import options as shared
from trueport.compare.functions.apart import call_case, find_difference, group_fits
from trueport.compare.functions.budget import compute_budget
from trueport.compare.functions.edit_search import EditSearch
from trueport.compare.functions.edited import FunctionSource
from trueport.compare.functions.find_fits import find_fits
from trueport.compare.functions.inputs import collect_cases
from trueport.compare.functions.probes import is_confirmed, make_probes
from trueport.compare.functions.reference import Functions, open_reference
from trueport.compare.functions.seen import Seen
from trueport.compare.ports.user_code.target import parse_target
from trueport.compare.report.markup import render_table

LAYERS = Path(__file__).parent.parent / "examples" / "layers"
OUTCOMES = ("same", "equivalent", "told together", "cut short", "unknown", "wrong")
SEED = 15
IMPORT_LIMIT = 60.0


class ListedSearch(EditSearch):
    """A search whose candidates are listed once for all mutants of a function."""

    candidates: Sequence[tuple[FunctionSource, SourceEdit]] = ()

    def list_candidates(self) -> Iterator[tuple[FunctionSource, SourceEdit]]:
        """Yield every edit of the function and of what it uses."""
        yield from self.candidates or super().list_candidates()


@dataclass(frozen=True)
class MutantRecord:
    """One edit made, and what the search said of it. named: the edit in its words."""

    file: str
    function: str
    family: str
    what: str
    outcome: str
    named: str
    seconds: float

    @property
    def key(self) -> tuple[str, ...]:
        """What was made, and where."""
        return self.file, self.function, self.family, self.what


def judge_functions(
    file: Path, count: int, seconds: float, known: Sequence[MutantRecord] = ()
) -> Iterator[MutantRecord]:
    """Yield what is said of a sample of the edits of each function of a reference.

    count: of the edits. seconds: that a search may take. known: what is not tried again.
    """
    target = parse_target(str(file)).to_record()
    reference = open_reference(target, IMPORT_LIMIT, {"notes": []})
    cases = collect_cases(reference.module, reference.functions, None, [])
    told = {record.key for record in known}
    for name in reference.functions:
        if sum(record.key[:2] == (file.stem, name) for record in known) >= count:
            continue
        seen = []
        for case in (case for case in cases if case.function == name):
            truth = compute_budget(reference.functions[name], case, "float64")
            seen.append(Seen(case, truth, {key: one.want for key, one in truth.items()}))
        for edit, search, text, mutant in make_mutants(reference, name, seen, count, seconds):
            key = (file.stem, name, edit.family, edit.what)
            if key not in told:
                start = time.perf_counter()
                outcome, named = name_mutant(search, text, mutant)
                yield MutantRecord(*key, outcome, named, time.perf_counter() - start)


def make_mutants(
    reference: Functions, name: str, truths: Sequence[Seen], count: int, seconds: float
) -> Iterator[tuple[SourceEdit, EditSearch, str, Callable[..., Any]]]:
    """Yield each edit that is made of a function, the search for it, its text and what it makes."""

    def make_search(seen: Sequence[Seen]) -> ListedSearch:
        function = reference.functions[name]
        return ListedSearch(reference.module, name, function, seen, "float64", seconds)

    listing = make_search(truths)
    candidates = list(listing.list_candidates())
    for edit in draw_edits(listing, candidates, name, count):
        whole = listing.sources[0].text
        text = apply_edit(whole, tidy_edit(whole, edit))
        mutant = listing.build({name: text}, prepared=False)
        assert mutant is not None
        seen = []
        for one in truths:
            have = listing.call(mutant, one)
            assert have is not None
            seen.append(Seen(one.case, one.truth, have))
        search = make_search(seen)
        search.candidates = candidates
        search.deadline = time.monotonic() + seconds
        yield edit, search, text, mutant


def draw_edits(
    search: EditSearch,
    candidates: Sequence[tuple[FunctionSource, SourceEdit]],
    name: str,
    count: int,
) -> Iterator[SourceEdit]:
    """Yield edits of so many families that change what a function gives, and raise nothing."""
    own = [edit for source, edit in candidates if source is search.sources[0]]
    random.Random(f"{SEED} {name}").shuffle(own)
    drawn: set[str] = set()
    for edit in own:
        text = apply_edit(search.sources[0].text, edit)
        if edit.family in drawn or len(drawn) == count:
            continue
        if (mutant := search.build({name: text}, prepared=False)) is None:
            continue
        have = [search.call(mutant, one) for one in search.seen]
        if None in have or not any(map(search.changes, have, search.seen)):
            continue
        drawn.add(edit.family)
        yield edit


def name_mutant(search: EditSearch, text: str, mutant: Any) -> tuple[str, str]:
    """Return the outcome of a search for an edit that was made, and the edit that it named."""
    found = [vars(fit) for fit in find_fits(search)]
    found.sort(key=lambda fit: (fit["cost"], fit["used"]))
    probes = []
    for case in make_probes(search):
        if (have := call_case(search, mutant, case)) is not None:
            probes.append((case, have))
    fits = [fit for fit in group_fits(search, found) if is_confirmed(search, fit, probes)]
    if not fits:
        return "cut short" if search.is_over() else "unknown", ""
    for place, fit in enumerate(fits):
        same = fit["texts"] == {search.name: text}
        function = search.build(fit["texts"], prepared=False)
        if same or (function is not None and not find_difference(search, function, mutant)):
            together = "told together" if place else "same" if same else "equivalent"
            return together, fits[0]["what"]
    return "wrong", fits[0]["what"]


def format_edits_page(records: Sequence[MutantRecord], count: int) -> str:
    """Return the published page."""
    counts = Counter((record.family, record.outcome) for record in records)
    families = sorted({record.family for record in records})
    rows = [
        (family, *(str(counts[family, outcome] or "") for outcome in OUTCOMES))
        for family in families
    ]
    total = Counter(record.outcome for record in records)
    rows.append(("all", *(str(total[outcome]) for outcome in OUTCOMES)))
    told = sum(total[outcome] for outcome in OUTCOMES[:3])
    median = float(np.median([record.seconds for record in records])) if records else 0.0
    parts = [
        "# Which edit is named",
        "This page is a test with edits of the functions of `examples/layers`, in float64. Each "
        f"edit was made and treated as a port. The sample has {count} edits of each function, no "
        "two of one family, drawn with a fixed seed from those that change an output. "
        "`python -m benchmarks.edits --markdown docs/edits.md` makes this page. A family is a file "
        "of `compare/causes/edits/`.",
        f"{told} of {len(records)} explained, {total['cut short']} cut short, {total['unknown']} "
        f"unknown, {total['wrong']} wrong; a search takes {median:.1f} s "
        "in the median, in one process.",
        "*Same*: the edit that was made is named. *Equivalent*: another edit is named that gives "
        "the same, also on inputs like those given. *Told together*: the edit that was made is "
        "shown beside the one that is named, with an input on which they differ. *Cut short*: "
        "nothing was found in the time. *Wrong*: only an edit that is neither was named.",
        render_table(["family", *OUTCOMES], rows, "l" + "r" * len(OUTCOMES)),
        "## Not explained",
        render_table(
            ["function", "family", "made", "outcome", "named"],
            [
                (r.function, r.family, r.what, r.outcome, r.named)
                for r in records
                if r.outcome in OUTCOMES[3:]
            ],
            "lllll",
        ),
    ]
    return "\n\n".join(parts) + "\n"


def read_records(path: Path) -> list[MutantRecord]:
    """Return the records that an earlier run left."""
    return [MutantRecord(**record) for record in json.loads(path.read_text(encoding="utf-8"))]


def write_results(
    records: Sequence[MutantRecord], count: int, json_file: Path | None, page: Path | None
) -> None:
    """Write what there is into the files that were asked for."""
    if json_file is not None:
        json_file.write_text(json.dumps([vars(r) for r in records], indent=1), encoding="utf-8")
    if page is not None:
        page.write_text(format_edits_page(records, count), encoding="utf-8")


@click.command()
@click.option("--count", default=4, show_default=True, help="Edits of a function.")
@click.option("--seconds", default=20.0, show_default=True, help="That a search may take.")
@click.option("--only", default="", help="The file of examples/layers that has this name.")
@shared.markdown_option
@click.option(
    "--json", "json_file", type=shared.FILE, help="Every record, written as the run goes."
)
@click.option("--resume", is_flag=True, help="Go on from the records in --json FILE.")
def main(
    count: int,
    seconds: float,
    only: str,
    markdown_file: Path | None,
    json_file: Path | None,
    resume: bool,
) -> None:
    """Make edits of the second suite, and see whether they are named.

    Ctrl-C keeps what there is; --resume goes on from there.
    """
    if resume and json_file is None:
        raise click.UsageError("--resume needs --json FILE, which holds what there is")
    records: list[MutantRecord] = []
    if resume and json_file is not None and json_file.exists():
        records = read_records(json_file)
    files = sorted(LAYERS.glob(f"{only or '*'}.py"))
    start, stopped = time.perf_counter(), False
    try:
        for number, file in enumerate(files, 1):
            click.echo(f"{file.name}, {number} of {len(files)}", err=True)
            for record in judge_functions(file, count, seconds, list(records)):
                records.append(record)
                passed = f"{time.perf_counter() - start:.0f} s"
                told = f"{record.function}, {record.family}, {record.what}: {record.outcome}"
                click.echo(f"{passed:>7} {told}", err=True)
                write_results(records, count, json_file, None)
    except KeyboardInterrupt:
        stopped = True
        click.echo("interrupted: what there is was kept; --resume goes on", err=True)
    click.echo(format_edits_page(records, count))
    write_results(records, count, json_file, markdown_file)
    sys.exit(130 if stopped else 0)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.edits")
