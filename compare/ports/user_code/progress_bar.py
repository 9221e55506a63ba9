"""A stand-in for tqdm, which shows nothing."""

from collections.abc import Iterable, Iterator
from typing import Any


class ProgressBar:
    """`tqdm.tqdm`: what is looped over, a context, or a bar that is moved by hand."""

    def __init__(self, iterable: Iterable[Any] = (), *args: Any, **keywords: Any) -> None:
        self.iterable, self.n, self.total = iterable, 0, keywords.get("total")

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)  # type: ignore[arg-type]  # as tqdm's own: it raises if it has none

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **keywords: None  # set_description, set_postfix, write, close, ...

    def update(self, n: int = 1) -> None:
        """Count."""
        self.n += n


def trange(*args: int, **keywords: Any) -> ProgressBar:
    """`tqdm.trange`: a range to loop over."""
    return ProgressBar(range(*args))


NAMES = {
    "tqdm": ProgressBar,
    "trange": trange,
    "tqdm_notebook": ProgressBar,
    "tnrange": trange,
}
MODULES = dict.fromkeys(("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.std"), NAMES)
