"""The harness: is this port the same function as the reference, and if not, where and why?"""
