"""The harness: it says whether a port is the reference's function; if not, where and why.

In a clone, `python -m compare` is the command line. Everything else is imported from `trueport`.
"""
