"""The confusion matrix of the causes: what a fault truly is by what it was named. Pure.

Of the faults that show in a component or in one step, judged in float64. A fault that shows in a
curve alone is judged by its trace, which is counted apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from trueport.compare.chapter.faults import FAULTS
from trueport.compare.report.markup import render_table
from trueport.compare.suite.fault import Fault

NAMING_ANSWERS = ("right", "several", "edit", "limit", "unknown", "wrong")
EDIT = "edit"  # the id of what stands on no list, but was found as a change of the source
MIN_NAMED_SHARE = 0.95  # of what is judged, named right or among several, and none named wrong
JUDGED_LEVELS = {"component", "one-step"}


@dataclass(frozen=True)
class MutantNaming:
    """What one mutant was named.

    answer: of `NAMING_ANSWERS`.
    told: the ids that were named.
    """

    key: str
    package: str
    answer: str
    told: tuple[str, ...]
    where: str | None

    @property
    def fault(self) -> Fault:
        """Return what it truly is."""
        return FAULTS[self.key]


@dataclass
class ConfusionMatrix:
    """Every naming. `rows`: by the id of the true fault."""

    namings: list[MutantNaming] = field(default_factory=list)

    def rows(self) -> dict[str, list[MutantNaming]]:
        """Id to the namings of its forms, in every package."""
        rows: dict[str, list[MutantNaming]] = {}
        for naming in self.namings:
            rows.setdefault(naming.fault.id, []).append(naming)
        return rows

    def count(self, answer: str) -> int:
        """Return how many got this answer."""
        return sum(n.answer == answer for n in self.namings)

    def describe_counts(self) -> str:
        """Return how many got each answer, in words."""
        right, several, edit, limit, unknown, wrong = map(self.count, NAMING_ANSWERS)
        return (
            f"{right} named right, {several} among several, {edit} shown as an edit, {limit} said "
            f"as a limit, {unknown} unknown, {wrong} wrong"
        )

    @property
    def share(self) -> float:
        """Return the share of those whose cause was named or shown; of limits none is."""
        asked = len(self.namings) - self.count("limit")
        return sum(map(self.count, ("right", "several", "edit"))) / max(asked, 1)

    @property
    def passed(self) -> bool:
        """Tell whether the bar is met: enough named, and none named wrong."""
        return bool(self.namings) and self.share >= MIN_NAMED_SHARE and self.count("wrong") == 0

    def to_record(self) -> dict[str, Any]:
        """For JSON: the counts, and each naming that is not simply right."""
        return {
            "level": "component and one step",
            "judged": len(self.namings),
            **{answer: self.count(answer) for answer in NAMING_ANSWERS},
            "share": self.share,
            "bar": MIN_NAMED_SHARE,
            "passed": self.passed,
            "off_diagonal": [
                {"key": n.key, "package": n.package, "answer": n.answer}
                | {"named": list(n.told), "component": n.where}
                for n in self.namings
                if n.answer != "right"
            ],
        }


def classify_naming(record: dict[str, Any]) -> MutantNaming:
    """Return how the causes of a mutant were named.

    Another form of the same fault is the same fault, and so are another fault that computes the
    same, and the one that it is made upon. Any finding whose cause is another fault makes it wrong,
    whatever the first one says.
    """
    fault: Fault = FAULTS[record["key"]]
    causes = record["causes"]
    sets = [
        (c["id"], *(c["also"] if c["id"] != EDIT else ()))  # beside an edit stand other diffs
        for c in causes
        if c["id"] is not None
    ]
    told = tuple(dict.fromkeys(name for found in sets for name in found))
    own = {fault.id, fault.same_as, fault.upon.partition("/")[0]}
    others = [found for found in sets if not own & set(found) and found[0] != EDIT]
    if others:
        answer = "wrong"
    elif record.get("limit"):
        answer = "limit"
    elif not causes or causes[0]["id"] is None:
        answer = "unknown"
    elif EDIT in told:
        answer = "edit"
    else:
        answer = "right" if set(told) <= own else "several"
    first = causes[0]["component"] if causes else record["first"]
    return MutantNaming(record["key"], record["package"], answer, told, first)


def build_confusion_matrix(records: Iterable[dict[str, Any]]) -> ConfusionMatrix:
    """Return the matrix of what was found in float64, at component or one-step level."""
    return ConfusionMatrix(
        [
            classify_naming(r)
            for r in records
            if r["kind"] in ("fault", "convention")
            and r["dtype"] == "float64"
            and r["found"]
            and JUDGED_LEVELS & set(FAULTS[r["key"]].levels)
        ]
    )


def format_confusion_matrix(found: ConfusionMatrix) -> Iterator[str]:
    """Yield the matrix as a section of the audit's page."""
    if not found.namings:
        return
    yield "## The causes named"
    yield (
        "True fault by named cause, for faults that show in a component or in one step, in "
        "float64. A row is a fault of the catalogue, its entries the forms of it in the packages "
        "that were audited. *Several*: named, with others that compute the same here. *Edit*: "
        "shown as a change of the reference's source that gives the same in every case. *Limit*: "
        "it acts where the chapter promises nothing, and is said there. *Wrong*: a cause was "
        "stated as proven that is another fault. A fault that shows in a curve alone is judged by "
        "its trace, and is not counted here."
    )
    counts = found.describe_counts().replace("named", f"of {len(found.namings)} named", 1)
    yield (
        f"{counts}: {100 * found.share:.1f} % named (bar: {100 * MIN_NAMED_SHARE:.0f} %, none "
        f"wrong: {'met' if found.passed else 'not met'})."
    )
    rows = []
    for row in found.rows().values():
        numbers = (sum(n.answer == answer for n in row) for answer in NAMING_ANSWERS)
        cells = (str(number or "") for number in numbers)
        rows.append((row[0].fault.id, format_fault_family(row), *cells))
    yield render_table(
        ["true fault", "name", *NAMING_ANSWERS], rows, "ll" + "r" * len(NAMING_ANSWERS)
    )
    off = [n for n in found.namings if n.answer != "right"]
    yield "Every entry off the diagonal:" if off else "No entry is off the diagonal."
    if off:
        told = [f"named {', '.join(n.told)}" if n.told else "no cause named" for n in off]
        yield "\n".join(
            f"- {n.key} of {n.package}: {n.answer}, {words} ({n.where})"
            for n, words in zip(off, told, strict=True)
        )


def format_fault_family(row: list[MutantNaming]) -> str:
    """Return the first form's name, and how many others there are."""
    first, *others = dict.fromkeys(n.fault.name for n in row)
    return f"{first}, and {len(others)} more" if others else first
