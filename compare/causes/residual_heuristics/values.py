"""What wrong values are to the right ones: a factor, an offset, a function, one value for all."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from .output_pairs import INFORMATIVE_FACTOR, MIN_ELEMENTS, OutputPair, is_explained_by

MAX_DENOMINATOR = 12  # of a ratio that is told as a fraction
FRACTION_DOUBT = 1e-9  # how near the ratio must be to it


def is_scaled(pair: OutputPair, r: float) -> bool:
    """Whether got is r times want."""
    with np.errstate(all="ignore"):
        slack = abs(r) * pair.allowed + 4.0 * np.finfo(np.float64).eps * np.abs(r * pair.want)
    return is_explained_by(pair, r * pair.want, slack)


NAMED_FACTORS: tuple[tuple[str, str, Callable[[Mapping[str, float]], float]], ...] = (
    ("-1", "a sign", lambda s: -1.0),
    ("N", "summed over the batch where a mean is meant", lambda s: s["N"]),
    ("1/N", "divided by the batch size once too often", lambda s: 1.0 / s["N"]),
    ("1/K", "divided by the number of classes", lambda s: 1.0 / s["K"]),
    ("K", "the number of classes", lambda s: s["K"]),
    ("1/(N K)", "a mean over every entry", lambda s: 1.0 / (s["N"] * s["K"])),
    ("N K", "a sum over every entry", lambda s: s["N"] * s["K"]),
    ("2", "counted twice, or a half lost", lambda s: 2.0),
    ("1/2", "a half too many", lambda s: 0.5),
    ("2/N", "a mean over the batch without the half", lambda s: 2.0 / s["N"]),
    ("2/K", "a mean over the classes without the half", lambda s: 2.0 / s["K"]),
    ("2/(N K)", "a mean of squares without the half", lambda s: 2.0 / (s["N"] * s["K"])),
    ("lr", "the learning rate, applied once too often", lambda s: s["lr"]),
    ("1/lr", "the learning rate, not applied", lambda s: 1.0 / s["lr"]),
    ("1/255", "pixels divided once too often", lambda s: 1.0 / 255.0),
    ("255", "pixels not divided", lambda s: 255.0),
    ("1/ln 2", "a logarithm to base 2", lambda s: 1.0 / np.log(2.0)),
    ("ln 2", "base 2 where e is meant", lambda s: np.log(2.0)),
    ("1/ln 10", "a logarithm to base 10", lambda s: 1.0 / np.log(10.0)),
    ("1/H", "divided by the number of hidden units", lambda s: 1.0 / s["H"]),
    ("1/D", "divided by the number of inputs", lambda s: 1.0 / s["D"]),
    ("N/(N-1)", "divided by N - 1 instead of N", lambda s: s["N"] / (s["N"] - 1.0)),
    ("10", "", lambda s: 10.0),
    ("1/10", "", lambda s: 0.1),
)


def find_factor(failing: Sequence[OutputPair]) -> str | None:
    """Say whether got / want is a constant ratio, by name if it has one."""
    names = []
    for name, meaning, ratio in NAMED_FACTORS:
        try:
            ratios = [ratio(pair.sizes) for pair in failing]
        except (KeyError, ZeroDivisionError):
            continue
        if all(is_scaled(pair, r) for pair, r in zip(failing, ratios, strict=True)):
            told = f"{name}{f' ({meaning})' if meaning else ''}"
            if len(set(ratios)) == 1 and not name.lstrip("-").isdigit():
                told = f"{name} = {ratios[0]:.4g}{f' ({meaning})' if meaning else ''}"
            names.append(told)
    if names:
        return f"got is {' or '.join(names[:2])} times what it should be"
    ratios, doubts, count = [], [], 0
    for pair in failing:
        index = np.unravel_index(np.argmax(np.abs(pair.want)), pair.want.shape)
        with np.errstate(all="ignore"):
            r = float(pair.got[index] / pair.want[index])
            doubt = float(pair.allowed[index] * (1.0 + abs(r)) / abs(pair.want[index]))
        if not np.isfinite(r) or not is_nearly_scaled(pair, r, doubt):
            return None
        ratios.append(r)
        doubts.append(doubt)
        count += int((pair.off & (np.abs(pair.want) > 0)).sum())
    surest = int(np.argmin(doubts))
    if count >= MIN_ELEMENTS and all(
        is_nearly_scaled(pair, ratios[surest], doubts[surest]) for pair in failing
    ):
        return f"got is {format_ratio(ratios[surest])} times what it should be, everywhere"
    if count >= MIN_ELEMENTS * len(failing) and len(failing) > 1:
        return (
            "got is what it should be times one factor in each case, from "
            f"{min(ratios):.4g} to {max(ratios):.4g}"
        )
    return None


def format_ratio(r: float) -> str:
    """Return a ratio in digits, with what parts it from 1 if that is little.

    >>> format_ratio(2.5), format_ratio(2 / 3), format_ratio(1.0 + 1e-12), format_ratio(1.0 - 3e-6)
    ('2.5', '2/3 = 0.666667', '(1 + 1e-12)', '(1 - 3e-06)')
    """
    simple = Fraction(r).limit_denominator(MAX_DENOMINATOR)
    if simple.denominator > 2 and abs(float(simple) - r) <= FRACTION_DOUBT * abs(r):
        return f"{simple} = {r:.6g}"
    apart = r - 1.0
    if apart == 0.0 or abs(apart) >= 1e-3:
        return f"{r:.6g}"
    return f"(1 {'+' if apart > 0 else '-'} {abs(apart):.3g})"


def is_nearly_scaled(pair: OutputPair, r: float, doubt: float) -> bool:
    """Whether got is r times want, where r itself is known to within a doubt."""
    with np.errstate(all="ignore"):
        slack = abs(r) * pair.allowed + np.abs(pair.want) * doubt
    return is_explained_by(pair, r * pair.want, slack)


NAMED_OFFSETS: tuple[tuple[str, Callable[[Mapping[str, float]], float]], ...] = (
    ("1", lambda s: 1.0),
    ("ln 2", lambda s: np.log(2.0)),
    ("ln K", lambda s: np.log(s["K"])),
    ("ln N", lambda s: np.log(s["N"])),
    ("1e-7", lambda s: 1e-7),
    ("1/K", lambda s: 1.0 / s["K"]),
    ("1/N", lambda s: 1.0 / s["N"]),
)


def find_offset(failing: Sequence[OutputPair]) -> str | None:
    """Say whether got - want is a constant difference."""
    for name, size in NAMED_OFFSETS:
        for sign in (1.0, -1.0):
            try:
                found = [sign * size(pair.sizes) for pair in failing]
            except KeyError:
                continue
            if all(
                is_explained_by(pair, pair.want + c, pair.allowed)
                for pair, c in zip(failing, found, strict=True)
            ):
                return f"got is {name} {'too much' if sign > 0 else 'too little'}, everywhere"
    if sum(pair.off.sum() for pair in failing) < MIN_ELEMENTS:
        return None
    surest = min(failing, key=lambda pair: float(np.median(pair.allowed)))
    c, doubt = float(np.median(surest.got - surest.want)), float(np.median(surest.allowed))
    if c != 0 and all(
        is_explained_by(pair, pair.want + c, pair.allowed + doubt) for pair in failing
    ):
        return f"got - want is {c:.6g}, everywhere"
    return None


ArrayFunction = Callable[[np.ndarray], np.ndarray | float]
NAMED_FUNCTIONS: tuple[tuple[str, ArrayFunction, ArrayFunction], ...] = (
    ("1 minus what it should be", lambda w: 1.0 - w, lambda w: 1.0),
    ("the logarithm of what it should be", np.log, lambda w: 1.0 / w),
    ("exp of what it should be", np.exp, np.exp),
    ("the square of what it should be", np.square, lambda w: 2.0 * w),
    ("the root of what it should be", np.sqrt, lambda w: 0.5 / np.sqrt(w)),
    ("one over what it should be", lambda w: 1.0 / w, lambda w: 1.0 / w**2),
    ("the absolute value of what it should be", np.abs, lambda w: 1.0),
    ("what it should be, rounded down to a whole number", np.floor, lambda w: 0.0),
    ("what it should be, rounded to a whole number", np.rint, lambda w: 0.0),
    ("what it should be, cut off at 0 and 1", lambda w: np.clip(w, 0.0, 1.0), lambda w: 1.0),
    ("what it should be where that is positive, else 0", lambda w: np.fmax(w, 0), lambda w: 1.0),
    ("what it should be in float16", lambda w: w.astype(np.float16).astype(float), lambda w: 0.0),
)


def find_function(failing: Sequence[OutputPair]) -> str | None:
    """Say which function of the right value got is, element by element."""
    for words, f, slope in NAMED_FUNCTIONS:
        with np.errstate(all="ignore"):
            if all(
                is_explained_by(
                    pair,
                    np.asarray(f(pair.want)),
                    np.abs(slope(pair.want)) * pair.allowed
                    + 8.0 * np.finfo(np.float64).eps * np.abs(f(pair.want)),
                )
                for pair in failing
            ):
                return f"got is {words}"
    return None


def find_nonfinite(failing: Sequence[OutputPair]) -> str | None:
    """Where what came is not finite, and nothing else is wrong."""
    bad = [~np.isfinite(pair.got) & np.isfinite(pair.want) for pair in failing]
    if not all((b == pair.off).all() for b, pair in zip(bad, failing, strict=True)):
        return None
    found = np.concatenate([pair.got[b] for b, pair in zip(bad, failing, strict=True)])
    word = "NaN" if np.isnan(found).all() else "infinite" if np.isinf(found).all() else "not finite"
    if all(b.all() for b in bad):
        return f"every entry is {word} in the cases that fail"
    rows = [b for b in bad if b.ndim > 1]
    if rows and len(rows) == len(bad) and all((b.all(-1) == b.any(-1)).all() for b in rows):
        return f"whole rows are {word}, the other rows are right"
    return f"some entries are {word}, all others are right"


def find_constant(failing: Sequence[OutputPair]) -> str | None:
    """One value for everything: nothing was computed, or what was is lost."""
    got = np.concatenate([pair.got.ravel() for pair in failing])
    if len(got) >= MIN_ELEMENTS and np.isfinite(got[0]) and (got == got[0]).all():
        return f"got is {got[0] + 0.0:.6g} for everything"
    many = [pair for pair in failing if pair.got.ndim > 1 and pair.got.shape[0] > 1]
    if many and len(many) == len(failing) and all((p.got == p.got[:1]).all() for p in many):
        return "every row of what came is the same"
    return None


# a rounding of 1 is off by no less than this part of the most that it can be
CANCELLATION_RANGE = 32.0


def find_cancellation(failing: Sequence[OutputPair]) -> str | None:
    """Say whether the difference is of the size of one rounding of 1: lost by cancellation."""
    for dtype in (np.float64, np.float32):
        most = 2.0 * float(np.finfo(dtype).eps)
        with np.errstate(invalid="ignore"):
            largest = max(float(np.max(np.abs(pair.got - pair.want))) for pair in failing)
        near = most / CANCELLATION_RANGE <= largest <= most
        if near and any(
            (pair.allowed[pair.off] < most / INFORMATIVE_FACTOR).any() for pair in failing
        ):
            return (
                f"off by no more than {most:.1g} anywhere: small values lose their digits in a "
                f"sum with something near 1 ({dtype.__name__})"
            )
    return None


# From the most telling to the least.
VALUE_RELATIONS = (find_nonfinite, find_constant, find_factor, find_offset, find_function)
