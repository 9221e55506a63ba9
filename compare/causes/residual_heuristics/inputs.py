"""Which inputs fail, where all others agree: what the failing cases have in common. Pure."""

from collections.abc import Callable, Mapping

import numpy as np

from ...execution.observation import CaseResult
from ...judging.compare import CaseEntries, compare_case
from ...judging.expected import Expected
from ...rounding import measure_shares
from ...suite.case import Case

EXTREME_ARGUMENT = 30.0  # an argument that exp makes vanish beside 1, in float32 at least
SMALL_PROBABILITY = 1e-4  # a probability at which 1e-7 shows


def get_arrays(case: Case) -> list[np.ndarray]:
    """Return the inputs of a case that are arrays."""
    return [value for value in case.inputs.values() if isinstance(value, np.ndarray)]


def get_argument(case: Case) -> np.ndarray | None:
    """Return what the component is a function of: x, y, or the scores' input."""
    for key in ("x", "y", "init_x", "x_train"):
        value = case.inputs.get(key)
        if isinstance(value, np.ndarray):
            return value
    return None


def count_samples(case: Case) -> int | None:
    """How many samples a case holds; None for one that is no batch."""
    masks, x = case.inputs.get("batch_masks"), get_argument(case)
    if isinstance(masks, np.ndarray):
        return int(masks.shape[1])
    return None if x is None or x.ndim < 2 else int(x.shape[0])


def has_extreme_argument(case: Case) -> bool:
    """Whether an argument or a bias is so large that exp of it is beyond what 1 can be added to."""
    values = [case.inputs.get(key) for key in ("x", "b1", "b2")]
    return any(
        isinstance(v, np.ndarray) and np.abs(v).max(initial=0.0) > EXTREME_ARGUMENT for v in values
    )


def has_integer_labels(case: Case) -> bool:
    """Say whether the labels of a case are integers, not one-hot rows."""
    t = case.inputs.get("t")
    return isinstance(t, np.ndarray) and t.dtype.kind in "iu"


def get_true_class_probability(case: Case) -> float:
    """Return the least probability of a right class, 1 if there is none."""
    y, t = case.inputs.get("y"), case.inputs.get("t")
    if not isinstance(y, np.ndarray) or not isinstance(t, np.ndarray):
        return 1.0
    y2 = np.atleast_2d(y)
    if t.shape == y.shape:
        picked = np.where(np.atleast_2d(t) > 0, y2, 1.0)
    else:
        picked = y2[np.arange(len(y2)), np.atleast_1d(t)]
    return float(picked.min(initial=1.0))


def has_only_square_arrays(case: Case) -> bool:
    """Say whether a case has arrays of two axes, all of them square."""
    found = [a for a in get_arrays(case) if a.ndim == 2]
    return bool(found) and all(a.shape[0] == a.shape[1] for a in found)


def is_single_sample(case: Case) -> bool:
    """Say whether the argument of a case is one sample, without a batch axis."""
    x = get_argument(case)
    return x is not None and x.ndim == 1


# What the inputs of a case may be; the first that parts the failing from the others is told.
CASE_FEATURES: tuple[tuple[str, Callable[[Case], bool]], ...] = (
    ("integer labels", has_integer_labels),
    ("one-hot labels", lambda c: "t" in c.inputs and not has_integer_labels(c)),
    ("integer arrays", lambda c: any(a.dtype.kind in "iu" for a in get_arrays(c))),
    ("one sample without a batch axis", is_single_sample),
    ("a batch", lambda c: count_samples(c) is not None),
    ("a batch of one", lambda c: count_samples(c) == 1),
    ("more than one sample", lambda c: (count_samples(c) or 1) > 1),
    ("extreme arguments", has_extreme_argument),
    ("a right class of probability 0", lambda c: get_true_class_probability(c) == 0.0),
    (
        "a right class of small probability",
        lambda c: get_true_class_probability(c) < SMALL_PROBABILITY,
    ),
    ("square arrays", has_only_square_arrays),
    ("arrays that are not square", lambda c: not has_only_square_arrays(c)),
    ("matrices", lambda c: any(a.ndim == 2 for a in get_arrays(c))),
    ("negative arguments", lambda c: len(a := get_arrays(c)) == 1 and bool((a[0] < 0).any())),
)


def is_failed(case: Case, truths: Mapping[str, Expected], result: CaseResult) -> bool:
    """Say whether a case raised, could not be compared, or went beyond its budget."""
    if result.status != "ok":
        return True
    comparison = compare_case(case.id, truths, result)
    return bool(comparison.problems) or not comparison.used <= 1.0


def find_failing_inputs(seen: CaseEntries) -> list[str]:
    """Say what all failing cases are and no other is.

    Where every case fails there is nothing to tell apart, and nothing is said of the cases.
    """
    bad = [entry for entry in seen if is_failed(*entry)]
    good = [entry for entry in seen if not is_failed(*entry)]
    told = []
    if bad and good:
        word = "fails"
        if all(result.status == "error" for _, _, result in bad):
            word = "raises"
        for name, feature in CASE_FEATURES:
            if all(feature(c) for c, _, _ in bad) and not any(feature(c) for c, _, _ in good):
                told.append(f"{word} for {name} alone ({len(bad)} of {len(seen)} cases)")
                break
        else:
            if len(bad) == 1:
                told.append(f"{word} in one case of {len(seen)} alone, '{bad[0][0].id}'")
        sizes = {count_samples(case) for case, _, _ in bad}
        if (
            not told
            and len(sizes) == 1
            and not sizes & {count_samples(case) for case, _, _ in good}
        ):
            told.append(f"{word} for a batch of {sizes.pop()} alone")
    return told


def find_failing_entries(seen: CaseEntries) -> list[str]:
    """Say which bound of the argument, or right value, parts wrong entries from right ones."""
    arguments, wants, offs = [], [], []
    for case, truths, result in seen:
        if result.status != "ok":
            continue
        for key, truth in truths.items():
            got, x = result.outputs.get(key), get_argument(case)
            if got is None or got.shape != truth.want.shape or got.dtype.kind not in "fiub":
                return []
            off = measure_shares(got, truth.want, truth.allowed) > 1.0
            told = off | (truth.want != 0)  # a right zero says nothing: any factor leaves it zero
            offs.append(off[told])
            wants.append(np.abs(truth.want)[told])
            if x is not None and x.shape == truth.want.shape and case.component == "sigmoid":
                arguments.append(x[told])
    if not offs:
        return []
    off, want = np.concatenate(offs), np.concatenate(wants)
    if off.all() or not off.any() or off.size < 8:
        return []
    if len(arguments) == len(offs):
        x = np.concatenate(arguments)
        for words, values in (("x", x), ("|x|", np.abs(x))):
            if told := find_bound(words, values, off):
                return [f"entries are wrong {told}, and right elsewhere"]
    if told := find_bound("the right value", want, off):
        return [f"entries are wrong {told}, and right elsewhere"]
    return []


def find_bound(name: str, values: np.ndarray, off: np.ndarray) -> str | None:
    """Say which bound lies between values that are off and values that are not."""
    if values[off].min() > values[~off].max():
        low, high = values[~off].max(), values[off].min()
        return f"where {name} is above {format_bound(low, high)}"
    if values[off].max() < values[~off].min():
        low, high = values[off].max(), values[~off].min()
        return f"where {name} is below {format_bound(low, high)}"
    return None


def format_bound(low: float, high: float) -> str:
    """Return the roundest number from low to high.

    >>> format_bound(-0.3, 0.2), format_bound(0.52, 0.68)
    ('0', '0.6')
    """
    if low <= 0.0 <= high:
        return "0"
    for digits in range(1, 17):
        for value in (0.5 * (low + high), low, high):
            rounded = float(f"{value:.{digits}g}")
            if low <= rounded <= high:
                return f"{rounded:g}"
    return f"{high:g}"
