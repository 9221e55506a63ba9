"""Functions of anybody's held against a reference of anybody's, a NumPy file.

The reference runs in a process of its own and says what is right and how far rounding may carry it
(`reference_worker`), the port in others what it gives (`port_worker`); `judge` compares, and where
they part `causes.edits` looks for the change of the reference that gives what the port gave.
"""
