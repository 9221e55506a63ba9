"""Check the built site: `python docs/site/check_built.py runs/site`. Needs no package.

Every link and anchor leads somewhere in the site, nothing is loaded from elsewhere, each public
name of `trueport` has a heading, and the search knows every page. What does not hold is told, a
line each, and ends in exit status 1.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

ROOT = Path(__file__).parents[2]
LOADED = {"src", "srcset", "data", "poster", "action"}  # attributes of what a page loads or sends
ELSEWHERE = re.compile(r"(?:https?:)?//")
STYLE_URL = re.compile(r"""(?:url\(\s*|@import\s+)["']?((?:https?:)?//[^"')\s]+)""")


class Page(HTMLParser):
    """A page of the site: its anchors, the links in it, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        text = path.read_text(encoding="utf-8")
        self.feed(text)
        self.loads += STYLE_URL.findall(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a tag names, links and loads."""
        for name, value in attrs:
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in LOADED or (name == "href" and tag != "base"):
                self.loads.append(value or "")


def find_faults(site: Path, names: list[str]) -> Iterator[str]:
    """Yield a line for each thing that does not hold; names: those that must have a heading."""
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    if not pages:
        yield f"no page in {site}: run `make docs`"
        return
    for path, page in pages.items():
        told = path.relative_to(site)
        for link in [*page.links, *page.loads]:
            if link in page.loads and ELSEWHERE.match(link):
                yield f"{told} loads {link}: nothing may come from elsewhere"
            elif not re.match(r"[a-z]+:|//", link) and not leads_somewhere(site, path, link, pages):
                yield f"{told} links {link}, which is not there"
    for path in sorted(site.rglob("*.css")):
        for url in STYLE_URL.findall(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site)} loads {url}: nothing may come from elsewhere"
    anchors = {anchor for page in pages.values() for anchor in page.anchors}
    yield from (f"{name} has no heading in the API" for name in names if name not in anchors)
    yield from find_unsearched(site, set(pages))


def leads_somewhere(site: Path, path: Path, link: str, pages: dict[Path, Page]) -> bool:
    """Tell whether a link of a page leads to a file of the site, and to an anchor that it has."""
    address, anchor = urldefrag(link)
    address = unquote(address.partition("?")[0])
    base = site if address.startswith("/") else path.parent
    target = (base / address.lstrip("/")).resolve() if address else path
    target = target / "index.html" if target.is_dir() else target
    if target not in pages:
        return target.is_file()
    return not anchor or unquote(anchor) in pages[target].anchors


def find_unsearched(site: Path, pages: set[Path]) -> Iterator[str]:
    """Yield a line for each page that the index of the search does not have."""
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    known = {site / urldefrag(one["location"])[0] for one in index["docs"] if one["text"]}
    for page in sorted(pages - known - {site / "404.html"}):
        yield f"the search does not know {page.relative_to(site)}"


def read_public_names() -> list[str]:
    """Return the names of `trueport.__all__`, with the package before them."""
    tree = ast.parse((ROOT / "trueport" / "__init__.py").read_text(encoding="utf-8"))
    [value] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return [f"trueport.{name}" for name in ast.literal_eval(value)]


if __name__ == "__main__":
    site = Path(sys.argv[1]).resolve()
    faults = list(find_faults(site, read_public_names()))
    print("\n".join(faults) or f"{site}: every link leads somewhere, nothing is from elsewhere")
    sys.exit(bool(faults))
