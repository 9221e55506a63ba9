"""The report in a browser: it draws, it reacts, it asks for nothing, and everybody can read it.

Needs the extra `browser` and Debian's chromium; skipped without either.
"""

import shutil

import pytest
import sample_run
from model_check import make_model_check
from own_run import make_own_run

from trueport.compare.chapter.pages import build_chapter_additions
from trueport.compare.report import diff_text, render_html
from trueport.compare.report.check_formats import render_check_html
from trueport.compare.report.diff import compare_runs
from trueport.compare.report.own_suite import build_own_additions

playwright = pytest.importorskip("playwright.sync_api", reason="the extra `browser`")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the extra `browser`")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("chromium is not installed", allow_module_level=True)

SLOW = 120_000  # ms: a browser beside other work takes its time
PHONE, WIDE = (360, 740), (1920, 1080)
OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true; })"
DRAWN = """() => [...document.querySelectorAll('[data-chart]')].every(
    p => p.querySelector('.main-svg') && p.getBoundingClientRect().height > 50)"""
PRINTED = DRAWN.replace("p => ", "p => !p.checkVisibility() || ")  # some are left out on paper


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every kind of page as a file, made once."""
    folder = tmp_path_factory.mktemp("pages")
    runs = {name: make() for name, make in sample_run.EVERY.items()}
    runs["faulty"] = sample_run.whole(runs["faulty"])
    added = {name: build_chapter_additions(run) for name, run in runs.items()}
    texts = {name: render_html(run, added[name]) for name, run in runs.items()}
    texts["rosetta"] = added["faulty"].files["rosetta.html"]
    texts["diff"] = diff_text.render_diff_page(
        compare_runs(runs["clean"], runs["faulty"]), ("before", "after")
    )
    own = make_own_run()
    texts["own"] = render_html(own, build_own_additions(own))
    texts["model"] = render_check_html(make_model_check())
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


class Opened:
    """A page, and all that went wrong or out while it was open."""

    def __init__(self, browser, path, size=(1280, 900), scheme="light"):
        self.troubles: list[str] = []
        self.page = browser.new_page(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
        )
        self.page.set_default_timeout(SLOW)
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.troubles.append("dialog"), dialog.dismiss()))
        self.page.on("request", self.asked)
        self.url = path.as_uri()
        self.page.goto(self.url)

    def heard(self, message):
        if message.type in ("error", "warning"):
            self.troubles.append(message.text)

    def asked(self, request):
        if not request.url.startswith(("data:", "blob:")) and request.url.split("#")[0] != self.url:
            self.troubles.append(f"asked for {request.url}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.page.close()


FEW = (
    "faulty",
    "hostile",
    "rosetta",
    "diff",
    "own",
    "model",
)  # what every run of the suite looks at


def swept(name: str):
    """A parameter that only the sweep takes, unless it is one of the few."""
    return pytest.param(name, marks=() if name in FEW else pytest.mark.sweep)


@pytest.mark.parametrize(
    "name", [swept(name) for name in (*sample_run.EVERY, "rosetta", "diff", "own", "model")]
)
def test_every_panel_opens_and_every_chart_draws(browser, pages, name):
    """No console error, no request out, nothing wider than a phone or a wide screen."""
    with Opened(browser, pages / f"{name}.html", PHONE) as opened:
        opened.page.evaluate(OPEN_ALL)
        opened.page.wait_for_function(DRAWN)
        for width, height in (PHONE, WIDE):
            opened.page.set_viewport_size({"width": width, "height": height})
            wide = opened.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width
        assert opened.page.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    assert opened.troubles == []


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [
        ("faulty", (1280, 900), "light"),
        pytest.param("faulty", PHONE, "dark", marks=pytest.mark.sweep),
        pytest.param("failed", (1280, 900), "dark", marks=pytest.mark.sweep),
        pytest.param("hostile", (1280, 900), "light", marks=pytest.mark.sweep),
        pytest.param("rosetta", (1280, 900), "dark", marks=pytest.mark.sweep),
        ("diff", PHONE, "light"),
        ("own", (1280, 900), "light"),
        pytest.param("own", PHONE, "dark", marks=pytest.mark.sweep),
        ("model", (1280, 900), "light"),
        pytest.param("model", PHONE, "dark", marks=pytest.mark.sweep),
    ],
)
def test_axe_finds_nothing_to_mend(browser, pages, name, size, scheme):
    """Landmarks, labels, names of controls and contrast, with everything unfolded."""
    with Opened(browser, pages / f"{name}.html", size, scheme) as opened:
        opened.page.evaluate(OPEN_ALL)
        opened.page.wait_for_function(DRAWN)
        # What lies inside a chart is plotly's; its name and its controls around it are ours.
        found = axe.Axe().run(opened.page, context={"exclude": [[".main-svg"]]})
        told = [
            f"{v['id']}: {n['html'][:160]} {n['any'][0]['message'] if n['any'] else ''}"
            for v in found.response["violations"]
            for n in v["nodes"][:4]
        ]
        assert told == []


def axis(page, chart, name):
    return page.evaluate(f"document.querySelector('[data-chart={chart}]')._fullLayout.{name}")


def test_charts_react(browser, pages):
    """Zoom by dragging, log and linear, smoothing, and a curve's own button."""
    with Opened(browser, pages / "faulty.html") as opened:
        page = opened.page
        chart = page.locator("[data-chart=loss]")
        chart.scroll_into_view_if_needed()
        page.wait_for_function("document.querySelector('[data-chart=loss] .main-svg')")
        before = axis(page, "loss", "xaxis.range")
        box = page.locator("[data-chart=loss] .nsewdrag").first.bounding_box()
        page.mouse.move(box["x"] + 60, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 260, box["y"] + 160, steps=5)
        page.mouse.up()
        page.wait_for_timeout(400)
        after = axis(page, "loss", "xaxis.range")
        assert after[1] - after[0] < 0.5 * (before[1] - before[0])

        page.get_by_role("button", name="log", exact=True).click()
        assert axis(page, "loss", "yaxis.type") == "log"
        shown = (
            "document.querySelector('[data-chart=loss]')._fullData.filter(t => t.visible).length"
        )
        smoothed = page.evaluate(shown)
        page.get_by_role("button", name="smoothed").click()
        raw = page.evaluate(shown)
        assert raw < smoothed
        page.locator(".chip").nth(1).click()
        assert page.evaluate(shown) == raw - 1
        chart.scroll_into_view_if_needed()  # the chip stands further up
        box = page.locator("[data-chart=loss] .nsewdrag").first.bounding_box()
        told = page.locator("[data-chart=loss] .hoverlayer .hovertext")
        for y in range(5, int(box["height"]), 10):  # until it is near a curve
            page.mouse.move(box["x"] + 200, box["y"] + y)
            page.wait_for_timeout(100)
            if told.count():
                break
        assert "step " in str(told.first.text_content())
    assert opened.troubles == []


def test_a_map_of_errors_tells_each_cell(browser, pages):
    """A cell that is wrong, and an empty one, which is exactly equal."""
    with Opened(browser, pages / "faulty.html") as opened:
        page = opened.page
        chart = page.locator("[data-chart=finding-2-map]")
        chart.scroll_into_view_if_needed()
        for cell, words in ((13, "[3, 1]got - want 3.12e-11"), (19, "[4, 3]got - want 0")):
            box = chart.locator(".barlayer .point path").nth(cell).bounding_box()
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_function(
                "words => document.querySelector('.hovertext')?.textContent.startsWith(words)",
                arg=words,
            )
    assert opened.troubles == []


def test_the_keyboard_reaches_everything(browser, pages):
    """The skip link comes first, a cell of the matrix opens its finding, Enter folds it."""
    with Opened(browser, pages / "faulty.html") as opened:
        page = opened.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#verdict"
        link = page.locator(".matrix td.unfaithful a").first
        link.focus()
        page.keyboard.press("Enter")
        target = page.locator(str(link.get_attribute("href")))
        assert target.evaluate("d => d.open")
        target.locator("summary").first.focus()
        page.keyboard.press("Enter")
        assert not target.evaluate("d => d.open")
    assert opened.troubles == []


def test_hostile_text_is_shown(browser, pages):
    """What a port chose to be called stands there, letter by letter."""
    with Opened(browser, pages / "hostile.html") as opened:
        opened.page.evaluate(OPEN_ALL)
        opened.page.wait_for_function(DRAWN)
        assert sample_run.HOSTILE in opened.page.inner_text("main")
        assert opened.page.locator("img[onerror]").count() == 0
    assert opened.troubles == []


def test_print_unfolds_everything_and_folds_it_again(browser, pages):
    with Opened(browser, pages / "faulty.html", scheme="dark") as opened:
        page = opened.page
        folded = "document.querySelectorAll('details:not([open])').length"
        before = page.evaluate(folded)
        assert before > 0
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(folded) == 0
        page.wait_for_function(PRINTED)
        ground = page.evaluate("getComputedStyle(document.body).color")
        assert ground == "rgb(27, 34, 48)"  # dark ink on paper, whatever the screen was
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate(folded) == before
    assert opened.troubles == []
