"""Where the frameworks' conventions differ, as a table that is run and not written down.

`run_conventions` runs the column of one framework in that framework's own process
(`execution.worker`), so what the report shows is what this machine's version does. To add a row is
to add an entry to conventions.toml.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Convention:
    """topic: reductions, epsilons, layouts or defaults. code: framework to its lines."""

    topic: str
    question: str
    code: Mapping[str, str]


# What the code of each framework may use without a word.
PRELUDES = {
    "numpy": "import numpy as np\nfrom trueport import reference",
    "torch": "import torch\nimport torch.nn.functional as F",
    "keras": "import keras\nfrom keras import ops",
}

CONVENTIONS = tuple(
    Convention(**row)
    for row in tomllib.loads(
        Path(__file__).with_name("conventions.toml").read_text(encoding="utf-8")
    )["convention"]
)
