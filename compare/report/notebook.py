"""A run in a notebook's cell: the sentence and the matrix. No script, no style of the page."""

from ..judging.results import Run
from .html import render_template
from .matrix import build_matrix
from .sentence import build_verdict_sentence


def render_notebook(run: Run) -> str:
    """Return what a notebook shows for a run."""
    sentence, matrix = build_verdict_sentence(run), build_matrix(run)
    return str(render_template("notebook.html.j2", sentence=sentence, matrix=matrix))


Run._repr_html_ = render_notebook
