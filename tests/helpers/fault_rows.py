"""The files of `tests/faults`: one row each, whose docstring says what goes wrong and what is said.

Its first paragraph says what the file does. Then a line for each thing that is expected:

    faulty: error               the status of a component; those not named are faithful
    says: killed by SIGSEGV     words that stand in the answer; may be given several times
    exit: 1                     the exit status
    timeout: 30                 seconds for a call, and `memory`, in MB, where the usual do not fit
    none: yes                   there is no verdict on anything
    quick: yes                  the row is a part of `make test`
"""

import ast
from dataclasses import dataclass, field
from pathlib import Path

from paths import ROOT

FOLDER = ROOT / "tests" / "faults"
TIMEOUT, MEMORY = 4.0, 600
MODEL_TIMEOUT, MODEL_MEMORY = 20.0, 2500  # of torch
# what is compared of a row of each kind
COMPONENTS = {
    "ports": ("before", "faulty", "after"),
    "references": ("before", "faulty", "after"),
    "chapter": ("sigmoid", "softmax", "sum_squares_error"),
    "models": (),
}


@dataclass
class FaultRow:
    """One file. statuses: of the components, as they are expected; none if there is no verdict."""

    kind: str
    path: Path
    does: str
    exit_code: int = 0
    statuses: dict[str, str] = field(default_factory=dict)
    says: list[str] = field(default_factory=list)
    timeout: float = TIMEOUT
    memory: int = MEMORY
    quick: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.path.stem}"


def read_row(path: Path) -> FaultRow:
    """Return the row that a file is."""
    kind = path.parent.name
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    does, _, expected = text.partition("\n\n")
    row = FaultRow(kind, path, " ".join(does.split()))
    row.statuses = dict.fromkeys(COMPONENTS[kind], "faithful")
    if kind == "models":
        row.timeout, row.memory = MODEL_TIMEOUT, MODEL_MEMORY
    for line in expected.splitlines():
        key, _, value = line.partition(": ")
        if key == "says":
            row.says.append(value)
        elif key == "exit":
            row.exit_code = int(value)
        elif key == "timeout":
            row.timeout = float(value)
        elif key == "memory":
            row.memory = int(value)
        elif key == "quick":
            row.quick = value == "yes"
        elif key == "none":
            row.statuses = {}
        elif key in row.statuses:
            row.statuses[key] = value
        else:
            raise ValueError(f"{path}: nothing is called {key!r}")
    return row


def read_rows() -> list[FaultRow]:
    """Return every row, those that concern the same kind of code together."""
    return [read_row(path) for kind in COMPONENTS for path in sorted((FOLDER / kind).glob("*.py"))]


HEADS = {
    "ports": "A port, `--against` a reference of the user's",
    "references": "A reference of the user's",
    "chapter": "A port of the chapter",
    "models": "A model",
}
VERDICTS = {0: "faithful", 1: "unfaithful", 2: "not-comparable", 3: "convention"}


def format_table() -> str:
    """Return the rows as they stand in docs/reliability.md."""
    lines = []
    for kind, head in HEADS.items():
        lines += [f"### {head}", "", "| the code | verdict on it | exit | the answer says |"]
        lines.append("|---|---|--:|---|")
        for row in read_rows():
            if row.kind == kind:
                own = [s for s in row.statuses.values() if s != "faithful"]
                verdict = own[0] if own else VERDICTS[row.exit_code]
                said = "; ".join(f"`{words}`" for words in row.says)
                cells = row.does.replace("|", "\\|"), verdict, str(row.exit_code), said
                lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


BEGIN, END = "<!-- rows of tests/faults -->", "<!-- end of the rows -->"

if __name__ == "__main__":
    page = ROOT / "docs" / "reliability.md"
    head, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    page.write_text(f"{head}{BEGIN}\n\n{format_table()}\n{END}{tail}", encoding="utf-8")
