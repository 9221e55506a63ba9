"""A study of the chapter's training."""

from ..chapter.suite import CHAPTER
from ..study import study
from ..study.plan import StudySettings
from ..study.results import Study


def run_study(settings: StudySettings, fresh: bool = False) -> Study:
    """Run what is missing, and leave study.json in settings.out: see `compare.study.study`."""
    return study.run_study(CHAPTER, settings, fresh)
