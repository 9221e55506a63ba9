"""The documentation as a site: its pages, its API, and the check of what `make docs` built."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from paths import ROOT

import trueport
from docs.site.check_built import find_faults, read_public_names
from docs.site.plain_prose import write_markdown

CONFIG = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
NAV = re.findall(r"^ +- (?:.+: )?(\S+\.md)$|^  - .+: (\S+\.md)$", CONFIG, flags=re.MULTILINE)
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *DOCS]
FENCE = re.compile(r"^( *)(`{3,}).*?^\1\2$", flags=re.MULTILINE | re.DOTALL)


def read_prose(page: Path) -> list[str]:
    """The lines of a page but for its blocks of code, which are one line each."""
    return FENCE.sub("(code)", page.read_text(encoding="utf-8")).splitlines()


def test_each_page_is_in_the_navigation_once() -> None:
    named = [first or second for first, second in NAV]
    assert len(set(named)) == len(named)
    own = {path.relative_to(ROOT / "docs").as_posix() for path in DOCS}
    outside = {name for name in named if (ROOT / name).exists()}  # the index is README.md
    assert set(named) == own | outside | {"index.md"}
    assert "CHANGELOG.md" in outside


def test_a_warning_of_mkdocs_ends_the_build() -> None:
    """With --quiet, --strict counts no warning."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [options] = re.findall(r"-m mkdocs build(.*)", makefile)
    assert options.split() == ["--strict"]


def test_each_public_name_is_in_the_api() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs/api").glob("*.md"))
    shown = re.findall(r"^::: (\S+)$", text, flags=re.MULTILINE)
    assert len(set(shown)) == len(shown)
    assert {f"trueport.{name}" for name in trueport.__all__} <= set(shown)
    modules = {path.stem for path in (ROOT / "reference").glob("[!_]*.py")}
    assert {f"trueport.reference.{name}" for name in modules} <= set(shown)


def test_the_names_that_must_have_a_heading_are_the_public_ones() -> None:
    assert read_public_names() == [f"trueport.{name}" for name in trueport.__all__]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_reads_alike_on_github_and_in_the_site(page: Path) -> None:
    """Python's Markdown wants four blanks before what stands in an item of a list."""
    lines = read_prose(page)
    for before, line in zip(["", *lines], lines, strict=False):
        if re.match(r" {1,3}(?:[-*] |\d+\. |\|)" if before else r" {1,3}\S", line):
            pytest.fail(f"{page.name} needs four blanks before: {line}")
        if re.match(r"(?:[-*]|\d+\.) ", line) and re.match(r"[^\s\-*#\d(]", before):
            pytest.fail(f"{page.name} needs an empty line before: {line}")
        if re.fullmatch(r"\|(?: ?:?-+:? ?\|)+", line):
            assert line.count("|") == before.count("|"), f"{page.name}: columns of {before}"


def test_a_docstring_says_of_each_parameter_in_an_item() -> None:
    text = """Return it.

f: function of a scalar. x, y: (K,) or
    (N, K). Returns f'(x). Raises ValueError if note: it says so."""
    assert write_markdown(text, {"f", "x", "y"}) == (
        "Return it.\n\n- `f`: function of a scalar.\n- `x`, `y`: (K,) or (N, K).\n\n"
        "Returns f'(x).\n\nRaises ValueError if note: it says so."
    )


def test_the_examples_of_a_docstring_are_code() -> None:
    text = "Say x: nothing.\n\n>>> f(1)\n2\n\n>>> f(2)\n3"
    code = "```pycon\n>>> f(1)\n2\n```\n\n```pycon\n>>> f(2)\n3\n```"
    assert write_markdown(text, {"y"}) == f"Say x: nothing.\n\n{code}"


HOME = '<link rel="stylesheet" href="own.css"><h1 id="home">Home</h1><a href="api.html#f">f</a>'
API = '<h2 id="f">f</h2><a href="index.html">home</a><img src="a.png"><a href="https://x.y/">x</a>'
INDEX = {"docs": [{"location": "index.html", "text": "x"}, {"location": "api.html#f", "text": "f"}]}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "search_index.json").write_text(json.dumps(INDEX), encoding="utf-8")
    for name, text in {"index.html": HOME, "api.html": API, "own.css": "p{}", "a.png": ""}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_site_whose_links_lead_somewhere_is_without_fault(site: Path) -> None:
    assert list(find_faults(site, ["f"])) == []


def add(text: str) -> Callable[[Path], object]:
    return lambda site: (site / "index.html").write_text(HOME + text, encoding="utf-8")


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "dead link": (add('<a href="no.html">x</a>'), "index.html links no.html"),
    "dead anchor": (add('<a href="api.html#g">x</a>'), "index.html links api.html#g"),
    "dead anchor of the page": (add('<a href="#g">x</a>'), "index.html links #g"),
    "missing picture": (add('<img src="b.png">'), "index.html links b.png"),
    "script": (add('<script src="https://x.y/z.js"></script>'), "loads https://x.y/z.js"),
    "stylesheet": (add('<link rel="stylesheet" href="//x.y/z.css">'), "loads //x.y/z.css"),
    "picture": (add('<img src="http://x.y/z.png">'), "loads http://x.y/z.png"),
    "font in a style": (add("<style>@import url('https://x.y/f')</style>"), "loads https://x.y/f"),
    "font in a file": (
        lambda site: (site / "own.css").write_text("p{src: url(https://x.y/f.woff)}"),
        "own.css loads https://x.y/f.woff",
    ),
    "page without an entry": (
        lambda site: (site / "search" / "search_index.json").write_text('{"docs": []}'),
        "the search does not know api.html",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_is_wrong_with_a_site_is_told(site: Path, fault: str) -> None:
    break_it, told = BROKEN[fault]
    break_it(site)
    assert told in "\n".join(find_faults(site, ["f"]))


def test_a_public_name_without_a_heading_is_told(site: Path) -> None:
    assert list(find_faults(site, ["f", "g"])) == ["g has no heading in the API"]


def test_a_folder_without_pages_is_no_site(tmp_path: Path) -> None:
    [told] = find_faults(tmp_path, [])
    assert "make docs" in told
