"""The main jobs: a run, a check, a replay, each from settings to results."""
