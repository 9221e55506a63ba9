"""A run in a notebook's cell: the sentence and the matrix. No script, no style of the page."""

from ..judging.results import Run
from . import matrix
from .page import create_jinja_environment
from .sentence import build_verdict_sentence


def render_notebook(run: Run) -> str:
    """HTML that a notebook shows for a run."""
    template = create_jinja_environment().get_template("notebook.html.j2")
    return template.render(sentence=build_verdict_sentence(run), matrix=matrix.build_matrix(run))
