"""The confusion matrix of the causes: what a fault truly is by what it was named. Pure.

Of the faults that show in a component or in one step, judged in float64. A fault that shows in a
curve alone is judged by its trace, which is counted apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from trueport.compare.causes.fault import Fault
from trueport.compare.chapter.faults import FAULTS

ANSWERS = ("right", "several", "unknown", "wrong")
BAR = 0.95  # of component and one-step faults, named right or among several; none named wrong
STEPWISE = {"component", "one-step"}


@dataclass(frozen=True)
class Naming:
    """What one mutant was named. answer: of `ANSWERS`. told: the ids that were named."""

    key: str
    package: str
    answer: str
    told: tuple[str, ...]
    where: str | None

    @property
    def fault(self) -> Fault:
        return FAULTS[self.key]


@dataclass
class Confusion:
    """Every naming. `rows`: by the id of the true fault."""

    namings: list[Naming] = field(default_factory=list)

    def rows(self) -> dict[str, list[Naming]]:
        """Id to the namings of its forms, in every package."""
        rows: dict[str, list[Naming]] = {}
        for naming in self.namings:
            rows.setdefault(naming.fault.id, []).append(naming)
        return rows

    def count(self, answer: str) -> int:
        return sum(n.answer == answer for n in self.namings)

    @property
    def share(self) -> float:
        """Of all, those whose fault was among the causes named."""
        return (self.count("right") + self.count("several")) / max(len(self.namings), 1)

    @property
    def passed(self) -> bool:
        """Whether the bar is met: enough named, and none named wrong."""
        return bool(self.namings) and self.share >= BAR and self.count("wrong") == 0

    def summary(self) -> dict[str, Any]:
        """For JSON: the counts, and each naming that is not simply right."""
        return {
            "level": "component and one step",
            "judged": len(self.namings),
            **{answer: self.count(answer) for answer in ANSWERS},
            "share": self.share,
            "bar": BAR,
            "passed": self.passed,
            "off_diagonal": [
                {
                    "key": n.key,
                    "package": n.package,
                    "answer": n.answer,
                    "named": list(n.told),
                    "component": n.where,
                }
                for n in self.namings
                if n.answer != "right"
            ],
        }


def naming(record: dict[str, Any]) -> Naming:
    """How the causes of a mutant were named. Another form of the same fault is the same fault, and
    so is another fault that computes the same.

    Any finding whose cause is another fault makes it wrong, whatever the first one says.
    """
    fault: Fault = FAULTS[record["key"]]
    causes = record["causes"]
    sets = [(c["id"], *c["also"]) for c in causes if c["id"] is not None]
    told = tuple(dict.fromkeys(name for found in sets for name in found))
    own = {fault.id, fault.same_as}
    others = [found for found in sets if not own & set(found)]
    if others:
        answer = "wrong"
    elif not causes or causes[0]["id"] is None:
        answer = "unknown"
    else:
        answer = "right" if set(told) <= own else "several"
    first = causes[0]["component"] if causes else record["first"]
    return Naming(record["key"], record["package"], answer, told, first)


def confusion(records: Iterable[dict[str, Any]]) -> Confusion:
    """The matrix over the records of an audit: found in float64, at component or one-step level."""
    return Confusion(
        [
            naming(r)
            for r in records
            if r["kind"] in ("fault", "convention")
            and r["dtype"] == "float64"
            and r["found"]
            and STEPWISE & set(FAULTS[r["key"]].levels)
        ]
    )


def markdown(found: Confusion) -> Iterator[str]:
    """The matrix as a section of the audit's page."""
    if not found.namings:
        return
    yield "## The causes named"
    yield ""
    yield (
        "True fault by named cause, for faults that show in a component or in one step, in "
        "float64. A row is a fault of the catalogue, its entries the forms of it in the packages "
        "that were audited. *Several*: named, with others that compute the same here. *Wrong*: a "
        "cause was stated as proven that is another fault. A fault that shows in a curve alone is "
        "judged by its trace, and is not counted here."
    )
    yield ""
    verdict = "met" if found.passed else "not met"
    yield (
        f"{found.count('right')} of {len(found.namings)} named right, {found.count('several')} "
        f"among several, {found.count('unknown')} unknown, {found.count('wrong')} wrong: "
        f"{100 * found.share:.1f} % named (bar: {100 * BAR:.0f} %, none wrong: {verdict})."
    )
    yield ""
    yield "| true fault | name | right | several | unknown | wrong |"
    yield "| :-- | :-- | --: | --: | --: | --: |"
    for row in found.rows().values():
        counts = [sum(n.answer == answer for n in row) or "" for answer in ANSWERS]
        name = row[0].fault.name if len({n.fault.name for n in row}) == 1 else family(row)
        yield f"| {row[0].fault.id} | {name} | {' | '.join(map(str, counts))} |"
    off = [n for n in found.namings if n.answer != "right"]
    yield ""
    yield "Every entry off the diagonal:" if off else "No entry is off the diagonal."
    if off:
        yield ""
    for n in off:
        told = f"named {', '.join(n.told)}" if n.told else "no cause named"
        yield f"- {n.key} of {n.package}: {n.answer}, {told} ({n.where})"
    yield ""


def family(row: list[Naming]) -> str:
    """The first form's name, and how many others there are."""
    names = dict.fromkeys(n.fault.name for n in row)
    return f"{next(iter(names))}, and {len(names) - 1} more"
