"""The harness: is this port the same function as the reference, and if not, where and why?

In a clone, `python -m compare` is the command line. Everything else is imported from `trueport`.
"""
