"""A folder that another interpreter can have on its path: the package `trueport`, nothing else.

What is installed beside `trueport`, and what lies beside it in a clone, stays out of the way of the
user's own modules.
"""

import shutil
from pathlib import Path

PACKAGE = Path(__file__).parents[2]  # the folder of `trueport`


def make_private_path(folder: Path) -> Path:
    """folder, with `trueport` in it as a link, or as a copy where links cannot be made."""
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "trueport"
    if not link.exists():
        link.unlink(missing_ok=True)  # a link that leads nowhere
        try:
            link.symlink_to(PACKAGE, target_is_directory=True)
        except OSError:
            shutil.copytree(PACKAGE, link, ignore=shutil.ignore_patterns("__pycache__"))
    return folder
