"""The benchmarks' page."""

from pathlib import Path

from benchmarks.page import write_page


def test_the_page_tells_what_gave_no_figure(tmp_path: Path) -> None:
    machine = {"cpu": "c", "cores": 2, "platform": "p", "python": "3", "packages": {}}
    result = {
        "command": "c",
        "repeats": 1,
        "machine": machine | {"load before": 0.0},
        "records": [
            {"task": "keras fit", "section": "loops", "command": "c", "error": "exit status -6"}
        ],
    }
    [page] = write_page(result, tmp_path)
    assert "- keras fit: exit status -6" in page.read_text(encoding="utf-8")
