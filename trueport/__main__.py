"""`python -m trueport`."""

from trueport.compare.cli import main

if __name__ == "__main__":
    main(prog_name="trueport")
