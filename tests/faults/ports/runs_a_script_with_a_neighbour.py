"""Runs a script by Python that imports the file beside it.

faulty: faithful
exit: 0
timeout: 30
quick: yes
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from right import after, before


def faulty(x):
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "script.py")
        script.write_text("from neighbour import FACTOR\n\nprint(FACTOR)\n")
        script.with_name("neighbour.py").write_text("FACTOR = 1.5\n")
        told = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    return np.tanh(x) * json.loads(told.stdout)
