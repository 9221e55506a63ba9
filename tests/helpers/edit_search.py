"""A search for the cause of a difference between two files, in this process."""

import os
import sys
from pathlib import Path
from types import ModuleType

from trueport.compare.functions.budget import call_reference, compute_budget
from trueport.compare.functions.edit_search import EditSearch
from trueport.compare.functions.inputs import collect_cases
from trueport.compare.functions.reference import open_reference
from trueport.compare.functions.seen import Seen
from trueport.compare.functions.structures import copy_value
from trueport.compare.ports.user_code.target import parse_target

SECONDS = 60.0


def make_search(folder: Path, reference: str, port: str, name: str) -> EditSearch:
    """Return the search for what a port's function does otherwise, on the reference's calls.

    reference, port: their text. folder: where the reference is written.
    """
    # not reference.py: the module stays in this process, where `reference` is the product's own
    file = folder / "searched.py"
    file.write_text(reference, encoding="utf-8")
    places, here = list(sys.path), Path.cwd()
    try:
        opened = open_reference(parse_target(str(file)).to_record(), SECONDS, {"notes": []})
    finally:
        sys.path[:] = places
        os.chdir(here)
    mine = ModuleType("port")
    exec(compile(port, "port.py", "exec"), vars(mine))
    function = opened.functions[name]
    seen = []
    for case in collect_cases(opened.module, opened.functions, None, []):
        if case.function == name:
            truth = compute_budget(function, case, "float64")
            given = copy_value(dict(case.arguments))
            got = call_reference(getattr(mine, name), given, case.seed).outputs
            seen.append(Seen(case, truth, got))
    return EditSearch(opened.module, name, function, seen, "float64", SECONDS)
