"""What lies in these folders is run by the tests, and never imported by pytest."""

collect_ignore = [
    *("ports", "references", "chapter", "models"),
    *("truth.py", "right.py", "model.py"),
]
