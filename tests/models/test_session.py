"""The process of a model, which is asked one thing after the other."""

import subprocess
from pathlib import Path

import pytest

from trueport.compare.execution.family import Family, make_mark
from trueport.compare.models.session import Session, SessionError, UnreadableAnswerError


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """One whose process has told of an answer, and lives."""
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    made = Session("the port", tmp_path, {}, "float64", asked=1, waiting=[1], answered=1)
    made.child, made.family = child, Family(child.pid, make_mark())
    return made


def test_rubbish_over_an_answer_ends_the_process_and_says_nothing_of_the_model(
    session: Session,
) -> None:
    (session.folder / "answer-1.message").write_bytes(b"rubbish" * 9)
    with pytest.raises(UnreadableAnswerError, match=r"an answer of the port cannot be read"):
        session.receive()
    assert session.child is not None
    assert session.child.returncode is not None
    session.waiting.append(2)
    with pytest.raises(UnreadableAnswerError, match=r"does it write into .*\?"):
        session.receive()


def test_an_answer_that_was_deleted_is_no_answer(session: Session) -> None:
    with pytest.raises(SessionError, match=r"cannot be read .*No such file"):
        session.receive()
