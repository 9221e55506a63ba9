"""How fast, beside what users would otherwise write: `python -m benchmarks --help`.

Ratios in one run, side by side, each measurement in a process of its own, medians of several
rounds. `peers_*.py` hold the code of others, written as its users write it.
"""
