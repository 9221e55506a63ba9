"""What a study found, in words. Pure."""

from ..report.wording import format_count, format_list, format_number
from ..rounding.tolerances import STUDY_ALPHA, STUDY_POWER
from .results import PortComparison, Study


def format_study_headline(study: Study) -> tuple[str, str]:
    """Return (tone, one sentence): all that is claimed must be equivalent for the ports to be.

    Each measure is tested at the full level: for a claim that needs them all, that is enough
    (Berger 1982, intersection-union tests).
    """
    ports = format_list(study.ports)
    verdicts = [comparison.verdict for comparison in study.comparisons]
    if study.failed:
        failed = format_count(len(study.failed), "run")
        told = f"{ports}: {failed} of {len(study.outcomes)} gave no result"
        if study.silent:
            told += f", so that {format_list(study.silent)} could not be compared"
        return "bad", told
    if verdicts and all(verdict == "equivalent" for verdict in verdicts):
        return "good", f"{ports} train equally well, within the margins"
    if "different" in verdicts:
        return "bad", f"{ports} do not train equally well"
    return "unknown", f"{ports} are not shown to train equally well, nor to differ"


def format_comparison(c: PortComparison) -> str:
    """Return one comparison in one sentence.

    >>> from trueport.compare.study.results import PortSample
    >>> a, b = PortSample("torch", 3, 0, 3, 50.0, 0.0), PortSample("keras", 3, 0, 2, 50.0, 0.0)
    >>> format_comparison(PortComparison("steps to 0.90", "steps", 30, False, a, b, "none"))[:51]
    'torch and keras, steps to 0.90: nothing can be said'
    """
    start = f"{c.a.port} and {c.b.port}, {c.measure}: "
    if c.ci is None or c.p_equal is None:
        return f"{start}nothing can be said, {format_missing_result(c)}"
    margin = f"{format_number(c.margin, 3)} {c.unit}"
    numbers = f"{format_p_value(c.p_equivalent)}; power {format_power(c.power)}"
    if c.verdict == "equivalent":
        words = f"equivalent within ±{margin} ({numbers})"
        if c.p_equal < STUDY_ALPHA:
            words += f", though not equal ({format_p_value(c.p_equal)})"
    elif c.verdict == "different":
        words = f"different ({format_p_value(c.p_equal)})"
        beyond = c.ci[0] > c.margin or c.ci[1] < -c.margin
        more = f"by more than the margin of {margin}"
        words += f", {more}" if beyond else f"; whether {more} is open"
    else:
        words = f"not shown equivalent within ±{margin} ({numbers}): {format_seeds_needed(c)}"
    return f"{start}{words}; {format_difference(c)}{format_caveats(c)}"


def format_difference(c: PortComparison) -> str:
    """Return the two means, each with its deviation, their difference and its interval."""
    assert c.difference is not None
    assert c.ci is not None
    digits = 2 if c.unit == "points" else 0
    means = " and ".join(f"{s.mean:.{digits}f} ± {s.sd:.{digits}f}" for s in (c.a, c.b))
    found, low, high = (format_signed(v, c.unit) for v in (c.difference, *c.ci))
    level = 100 * (1 - 2 * STUDY_ALPHA)
    return f"{means}, a difference of {found} {c.unit} ({level:.0f} % interval {low} to {high})"


def format_seeds_needed(c: PortComparison) -> str:
    """Return how many seeds have the power wanted; it depends on the difference that there is."""
    runs = min(c.a.runs, c.b.runs)
    if c.seeds_needed is not None:
        if c.seeds_needed > runs:
            return f"too few seeds, {c.seeds_needed:,} would do"
        return f"chance was against it, {c.seeds_needed:,} seeds have a power of {STUDY_POWER}"
    none = "no number would do if the difference seen is the true one"
    if c.seeds_if_equal is None:
        return none
    words = f"{c.seeds_if_equal:,} seeds would do if the ports are truly equal, {none}"
    return f"too few seeds, {words}" if c.seeds_if_equal > runs else words


def format_missing_result(c: PortComparison) -> str:
    """Say why a comparison has no result."""
    for side in (c.a, c.b):
        if side.runs < 3:
            runs = format_count(side.runs, "run")
            return f"{side.port} has {runs} with a result, and 3 are needed"
    for side in (c.a, c.b):
        if side.inconclusive:
            return (
                f"{side.censored} of the {side.runs} runs of {side.port} had not reached it when "
                "they ended: give more --steps"
            )
    return "too little is known"


def format_caveats(c: PortComparison) -> str:
    """Return what the reader must know of how the runs were counted."""
    said = ""
    for side in (c.a, c.b):
        if c.restricted and side.censored:
            said += f"; {side.censored} of {side.port}'s runs never reached it and count as the "
            said += "steps they ran"
        if side.failed:
            said += f"; {format_count(side.failed, 'run')} of {side.port} failed, left out"
    return said


def format_signed(value: float, unit: str) -> str:
    """Format a difference with its sign, in the digits of its unit.

    >>> format_signed(0.031, "points"), format_signed(-12.4, "steps")
    ('+0.03', '-12')
    """
    return f"{value:+.{2 if unit == 'points' else 0}f}"


def format_p_value(p: float | None) -> str:
    """Format a p value in two digits, or as less than 0.0001.

    >>> format_p_value(0.0321), format_p_value(1e-9)
    ('p = 0.032', 'p < 0.0001')
    """
    assert p is not None
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}"


def format_power(value: float | None) -> str:
    """Return a power, never rounded up to certainty.

    >>> format_power(0.97321), format_power(0.99999), format_power(1e-6)
    ('0.97', '> 0.99', '< 0.01')
    """
    assert value is not None
    if value < 0.01:
        return "< 0.01"
    return "> 0.99" if value > 0.99 else f"{value:.2f}"


def format_design(study: Study) -> str:
    """Return what the runs shared, and what was drawn how."""
    s = study.settings
    start = {"chapter": "the chapter's initialisation", "framework": "each framework's own layers"}
    order = {
        "chapter": "batches drawn with replacement as in the chapter",
        "framework": "each framework's own shuffling",
    }
    common = "the ports share neither start nor batches"
    if s["paired"]:
        common = "run k of every port has the same start and batches"
    return (
        f"{s['seeds']} seeds a port, {s['steps']:,} steps of {s['batch_size']} at a learning rate "
        f"of {format_number(s['learning_rate'])} in {s['dtype']}; {start[s['init']]}, "
        f"{order[s['order']]}; {common}"
    )


def format_failures(study: Study) -> list[str]:
    """Return the runs without a result, one line each."""
    return [f"{o.port}, seed {o.seed}: {o.status}: {o.message}" for o in study.failed]


def format_versions(study: Study) -> str:
    """Return the frameworks that ran, all versions of each: more than one is worth knowing."""
    seen: dict[str, set[str]] = {}
    for outcome in study.outcomes:
        for name, version in outcome.versions.items():
            seen.setdefault(name, set()).add(version)
    return ", ".join(f"{name} {' and '.join(sorted(found))}" for name, found in seen.items())


def format_margins(study: Study) -> str:
    """Say within which margins the ports count as equivalent, and at which level."""
    s = study.settings
    return (
        f"The margins are ±{format_number(s['margin'], 3)} points of test accuracy and "
        f"±{format_number(s['margin_steps'], 3)} steps to an accuracy of {s['target']:.2f}, "
        f"each test at {100 * STUDY_ALPHA:.0f} %."
    )
