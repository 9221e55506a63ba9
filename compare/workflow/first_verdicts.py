"""What a port's components are worth, said as soon as it has run them."""

import threading
from collections.abc import Callable

import numpy as np

from ..chapter.suite import CHAPTER
from ..execution.observation import Observation
from ..execution.runner import PortRunner
from ..judging.judge import judge_port
from ..judging.verdict import Verdict
from ..report.wording import format_list
from .run_context import RunContext

Update = Callable[[str, int], None]


class FirstVerdicts:
    """Follows the jobs of a run, each in a thread of its own, and says a line for each.

    ready: set when the context has its truths. stop: set when nothing is to be waited for.
    """

    def __init__(self, context: RunContext, stop: threading.Event) -> None:
        self.context, self.stop, self.ready = context, stop, threading.Event()

    def run(self, runner: PortRunner) -> None:
        """Run a job to its end; speak then if it does not train."""
        runner.run()
        if not runner.job.training:
            self.announce(runner.observation)

    def follow(self, update: Update, get_runner: Callable[[], PortRunner]) -> Update:
        """Return an observer that does what update does, and speaks when the training begins."""

        def observe(what: str, done: int) -> None:
            update(what, done)
            if (what, done) == ("steps", 0):
                self.announce(get_runner().observation)

        return observe

    def announce(self, seen: Observation) -> None:
        """Say how many of a port's components are within their budget; nothing of the reference."""
        job = seen.job
        if not seen.cases or job.port.module == CHAPTER.truth:
            return
        while not self.ready.wait(0.1):
            if self.stop.is_set():
                return
        self.context.say(format_first_verdict(f"{job.port.name} {job.dtype}", self.judge(seen)))

    @np.errstate(over="ignore", invalid="ignore")
    def judge(self, seen: Observation) -> list[Verdict]:
        """Return the verdicts on what has been run so far, without causes."""
        context, dtype = self.context, seen.job.dtype
        truths, cases = context.truths[dtype], dict(seen.cases)
        return judge_port(CHAPTER, seen.job.port.name, dtype, context.cases, truths, cases)


def format_first_verdict(name: str, verdicts: list[Verdict]) -> str:
    """Return the line on a port whose components have been judged.

    >>> format_first_verdict("torch float64", [])
    'torch float64: 0 of 0 components within their budget'
    """
    judged = [v for v in verdicts if v.status != "missing"]
    departing = [v.component for v in judged if not v.passed]
    within = f"{len(judged) - len(departing)} of {len(judged)} components within their budget"
    return f"{name}: {within}{f', but not {format_list(departing)}' if departing else ''}"
