"""`python -m compare`."""

from compare.cli import main

main(prog_name="trueport")
