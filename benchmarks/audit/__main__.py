"""`python -m benchmarks.audit`."""

from benchmarks.audit.command import audit

if __name__ == "__main__":
    audit(prog_name="python -m benchmarks.audit")
