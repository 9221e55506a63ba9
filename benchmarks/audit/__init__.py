"""The judge, put to the test on every known fault and right form: `python -m benchmarks.audit`."""
