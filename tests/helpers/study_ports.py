"""Ports for the tests of the study, as an installed package would register them."""

from pathlib import Path

SLEEPY = '''"""The reference, slow, and telling each training that it begins."""
import os, time
from trueport.reference import *
from trueport.reference import train as true_train

def train(*args, **options):
    with open(os.environ["STUDY_LOG"], "a") as log:
        log.write(f"{os.getpid()}\\n")
    time.sleep(float(os.environ.get("STUDY_SLEEP", "0")))
    return true_train(*args, **options)
'''

BRITTLE = '''"""The reference, but the seed decides whether it raises, dies, hangs or not."""
import json, os, time
from trueport.reference import *
from trueport.reference import train as true_train

print("a port may print what it likes")

def train(network, *args, **options):
    fate = json.loads(os.environ["STUDY_FATE"]).get(repr(float(network.params["W1"][0, 0])))
    if fate == "raises":
        raise ValueError("a fault of the port's own")
    if fate == "dies":
        os.abort()
    if fate == "hangs":
        time.sleep(3600)
    return true_train(network, *args, **options)
'''

LOUD = '''"""The reference, printing what looks like an answer: from Python, from C, by a child."""
import os, subprocess, sys
from trueport.reference import *
from trueport.reference import train as true_train

ANSWER = \'{"status": "error", "message": "printed"}\\n\'
print("a port may print what it likes")

def train(*args, **options):
    print(ANSWER, end="", flush=True)
    print("x" * 1_000_000)
    os.write(1, ANSWER.encode())
    subprocess.run([sys.executable, "-c", "print(1)"], check=True)
    for _ in range(40):
        os.write(1, b"y" * 1_000_000)
    assert sys.stdin.readline() == ""
    return true_train(*args, **options)
'''


def register(folder: Path, **ports: str) -> None:
    """Write modules of these sources into folder, registered as ports of the same names."""
    info = folder / "study_ports-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: study-ports\nVersion: 1.0\n")
    entries = "".join(f"{name} = {name}\n" for name in ports)
    (info / "entry_points.txt").write_text(f"[trueport.ports]\n{entries}")
    for name, source in ports.items():
        (folder / f"{name}.py").write_text(source)
