"""What the pages say of the code is there."""

import re

import pytest
from paths import ROOT

DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGES = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))
PLACES = re.findall(r"^\| [^|]+ \| (`[^|]+/[^|]+`) \|$", DESIGN, flags=re.MULTILINE)
ENTRIES = re.findall(r"`(\w+)`, `((?:compare|tests)/[\w/.]+)`", CONTRIBUTING)


def test_the_tables_are_found() -> None:
    assert len(PLACES) >= 20
    assert len(ENTRIES) >= 4


@pytest.mark.parametrize("places", PLACES)
def test_whatever_the_design_places_stands_there(places: str) -> None:
    folder = ""
    for place in re.findall(r"`([^`]+)`", places):
        folder = place.rpartition("/")[0] if "/" in place else folder
        path = place if "/" in place else f"{folder}/{place}"
        assert (ROOT / "compare" / path).exists(), path


@pytest.mark.parametrize(("name", "file"), ENTRIES)
def test_the_one_place_to_add_something_has_the_name(name: str, file: str) -> None:
    assert re.search(rf"^{name}\b", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *PAGES])
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
