"""A hook of MkDocs: what the pages link outside docs/ is in the site too.

A page lies in the site where it lies in docs/, README.md is its index, and any other file of the
repository that a page links keeps its path (`compare/judging/run.schema.json`). A link to a folder
leads to its README.md, or is plain text where there is none.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
ALWAYS = ("README.md", "CHANGELOG.md")  # whether a page links them or not
LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)#\s]+)(?P<anchor>#[^)]*)?\)")


def find_target(page: Path, target: str) -> Path | None:
    """Return the file of the repository that a link of a page leads to; None if there is none."""
    path = Path(posixpath.normpath(page.parent / target))
    if path.is_dir():
        path /= "README.md"
    return path if path.is_file() and path.is_relative_to(ROOT) else None


def place(path: Path) -> str:
    """Return where a file of the repository lies in the site, as MkDocs names its sources."""
    uri = path.relative_to(ROOT).as_posix()
    return "index.md" if uri == "README.md" else uri.removeprefix("docs/")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what lies outside docs/ and is linked, from page to page."""
    waiting = [ROOT / name for name in ALWAYS]
    waiting += [Path(file.abs_src_path or "") for file in files.documentation_pages()]
    while waiting:
        path = waiting.pop()
        if files.get_file_from_path(place(path)) is None:
            files.append(File.generated(config, place(path), abs_src_path=str(path)))
        if path.suffix == ".md":
            links = LINK.finditer(path.read_text(encoding="utf-8"))
            found = {find_target(path, link["target"]) for link in links} - {None}
            waiting += [p for p in found if files.get_file_from_path(place(p)) is None]
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead the links of a page to where the files lie in the site."""
    home = Path(page.file.abs_src_path or "")

    def lead(link: re.Match[str]) -> str:
        text, target = link["text"], link["target"]
        if not (home.parent / target).exists():
            return link[0]
        if (path := find_target(home, target)) is None:
            return text
        if text == target and path.suffix == ".md":  # a page is called by its heading
            text = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        uri = posixpath.relpath(place(path), posixpath.dirname(page.file.src_uri))
        return f"{link['image']}[{text}]({uri}{link['anchor'] or ''})"

    return LINK.sub(lead, markdown)
