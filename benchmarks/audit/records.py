"""What an audit found, in memory and on disk."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.audit.confusion import build_confusion_matrix
from benchmarks.audit.plan import AuditPart, AuditRecord, get_record_key
from trueport.compare.execution.files import write_json

AUDIT_SCHEMA = "trueport/audit/1"


@dataclass
class Audit:
    """All records, one for each mutant, dtype and seed.

    asked: the work that was asked for.

    stopped: before its end, by hand.
    """

    records: list[AuditRecord] = field(default_factory=list)
    asked: list[AuditPart] = field(default_factory=list)
    stopped: bool = False

    def of(self, *kinds: str) -> list[AuditRecord]:
        """Return the records of faults, conventions, benign changes or curves."""
        return [record for record in self.records if record["kind"] in kinds]

    def add(self, records: Iterable[AuditRecord]) -> None:
        """Take these in; the last of those that are of the same mutant, dtype and seed counts."""
        merged = {get_record_key(r): r for r in (*self.records, *records)}
        self.records[:] = merged.values()

    def left(self) -> dict[str, tuple[int, int]]:
        """Return part to how many of its judgements are there, of how many, if some are not."""
        have = {get_record_key(record) for record in self.records}
        wanted = {part.name: list(part.list_wanted()) for part in self.asked}
        counts = {name: (len(have & set(keys)), len(keys)) for name, keys in wanted.items()}
        return {name: (count, of) for name, (count, of) in counts.items() if count < of}


def save(result: Audit, path: Path) -> None:
    """Write the records, whole or not at all, for `read_records` to go on from or to merge."""
    record = {
        "schema": AUDIT_SCHEMA,
        "complete": not result.left(),
        "causes": build_confusion_matrix(result.records).to_record(),
        "records": result.records,
    }
    write_json(path, record, indent=1)


def read_records(path: Path) -> list[AuditRecord]:
    """Return the records of an audit. Raises ValueError for a file that holds none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(found, dict) or found.get("schema") != AUDIT_SCHEMA:
        raise ValueError(f"{path} must be an audit's JSON, schema {AUDIT_SCHEMA}")
    return list(found["records"])
