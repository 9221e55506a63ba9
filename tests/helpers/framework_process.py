"""A process for each framework, which answers one question after the other.

torch and TensorFlow in one process are asking for trouble, and to import TensorFlow takes a
processor six seconds: so all tests ask the same process, as long as they run in one of pytest's.
"""

import importlib
import json
import os
import select
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

from paths import ROOT

FRAMEWORK_OF = {"reference": "numpy", "torch_impl": "torch", "keras_impl": "keras"}
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",  # small products: threads only wait for each other
    "OPENBLAS_NUM_THREADS": "1",
}
PATIENCE = 300  # seconds until an answer; the longest takes a tenth of it


class FrameworkProcess:
    """framework: numpy, torch or keras. folder: for what the process says besides its answers."""

    def __init__(self, framework: str, folder: Path) -> None:
        self.words = folder / f"{framework}.txt"
        with self.words.open("w", encoding="utf-8") as words:
            self.process = subprocess.Popen(
                [sys.executable, __file__, framework],
                cwd=ROOT,
                env=os.environ | ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
                text=True,
            )

    def ask(self, question: str, *arguments: Any) -> Any:
        """Return what a function of the helpers returns there; question: "module.function"."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([question, *arguments]) + "\n")
        self.process.stdin.flush()
        answered, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        assert answered, f"no answer to {question} in {PATIENCE} s"
        line = self.process.stdout.readline()
        assert line, f"the process ended: {self.words.read_text(encoding='utf-8')}"
        answer = json.loads(line)
        assert "raised" not in answer, answer["raised"]
        return answer["returned"]

    def close(self) -> None:
        self.process.communicate()  # the end of its questions is the end of the process


def answer_questions(framework: str, answers: TextIO) -> None:
    from trueport.compare.ports.frameworks import FRAMEWORKS

    FRAMEWORKS[framework].configure("float32", 1)
    for line in sys.stdin:
        question, *arguments = json.loads(line)
        module, _, function = question.rpartition(".")
        try:
            returned = getattr(importlib.import_module(module), function)(*arguments)
            answer = json.dumps({"returned": returned})
        except Exception:  # noqa: BLE001  # whatever it is, the test that asked shows it
            answer = json.dumps({"raised": traceback.format_exc()})
        print(answer, file=answers, flush=True)


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a framework prints is no answer
    answer_questions(sys.argv[1], answers)
