"""A model in this very process: it answers what one in a process of its own would."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .messages import pass_message
from .model_worker import ModelWorker, answer
from .session import ModelError
from .side import ModelSide


class LocalWorker(ModelWorker):
    """A model that is there already. open_side: makes what can be asked of it.

    inputs: those that it is compared on, of a reference.
    """

    def __init__(
        self, framework: str, open_side: Callable[[], ModelSide], inputs: Sequence[np.ndarray] = ()
    ) -> None:
        super().__init__({})
        self.facts["framework"] = framework
        self.open_side, self.inputs = open_side, list(inputs)

    def open(self) -> dict[str, Any]:
        """Make the side; return facts. Raises TargetError."""
        self.side = self.open_side()
        return self.facts

    def make_again(self) -> None:
        """Copy the model anew: what its first inputs have built stays."""
        self.side = self.open_side()

    def give_inputs(self) -> list[np.ndarray] | None:
        """Return the inputs, None if there are none."""
        return self.inputs or None


class LocalSession:
    """One model in one dtype in this process; see `Session`. What is sent is answered at once."""

    def __init__(self, name: str, worker: LocalWorker) -> None:
        self.name, self.worker = name, worker
        self.facts: dict[str, Any] = {}
        self.answers: list[Mapping[str, Any]] = []

    def start(self) -> None:
        """Open the model."""
        self.send("open")

    def ask(self, what: str, **given: Any) -> Any:
        """Return the answer to one question. Raises SessionError, with what the model raised."""
        self.send(what, **given)
        return self.receive()

    def send(self, what: str, **given: Any) -> None:
        """Ask; `receive` returns the answer."""
        asked = pass_message({"do": what, "given": given})
        self.answers.append(pass_message(answer(self.worker, asked)))

    def receive(self) -> Any:
        """Return the answer to what was asked first of what was not received yet."""
        told = self.answers.pop(0)
        if told["status"] != "ok":
            raise ModelError(told["message"])
        return told["value"]

    def close(self) -> None:
        """Let go of the model."""
        self.worker.side = None
