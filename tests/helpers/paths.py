"""Where things lie: the repository, the data of the tests, their helpers, the whole of MNIST."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
HELPERS = ROOT / "tests" / "helpers"
DATA = ROOT / "tests" / "data"
WHOLE_MNIST = Path(os.environ.get("TRUEPORT_MNIST") or ROOT.parent / "shared/data/mnist.npz")
