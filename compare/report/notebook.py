"""A run in a notebook's cell: the sentence and the matrix. No script, no style of the page."""

from ..judging.results import Run
from . import matrix
from .page import environment
from .sentence import verdict_sentence


def render_notebook(run: Run) -> str:
    """HTML that a notebook shows for a run."""
    template = environment().get_template("notebook.html.j2")
    return template.render(sentence=verdict_sentence(run), matrix=matrix.build(run))
