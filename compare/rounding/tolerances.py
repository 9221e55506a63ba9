"""Every tolerance of the harness, each with its reason, and the budget that they make.

u: unit roundoff, the largest relative error of one correctly rounded operation. kappa: how many u a
port's own operation may be off. tau: the smallest normal number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .error_array import ErrorArray

# The probability that right arithmetic exceeds the probabilistic budget of one tensor, errors of
# the operations taken for independent with mean zero (Ipsen and Zhou 2020, theorem on
# Hoeffding-Azuma): one in a million tensors, so a run over 10,000 of them has 99 % peace.
ALPHA = 1e-6

# A budget wider than this share of the largest reference value cannot tell right from wrong:
# agreement within it proves nothing and is never a pass.
CONCLUSIVE_SHARE = 0.1

# The worst case is doubled: the bound leaves out second-order terms of long chains, and a vector
# library may be an ulp worse on another machine than kappa, which was measured.
WORST_CASE_FACTOR = 2.0

# A float64 port is compared with a float64 reference, which rounds as much as the port does: two
# independent errors. A float32 port's reference is exact by comparison.
REFERENCE_ROUNDING_FACTOR = 2.0

# Two ports against each other round twice. The float64 budget counts two roundings already; the
# float32 one counts the port's alone.
CROSS_PORT_FACTORS = MappingProxyType({"float32": 2.0, "float64": 1.0})

# exp and log of vector libraries are not correctly rounded. In u, over NumPy, torch (SLEEF, MKL)
# and TensorFlow (Eigen) on a CPU; +, -, *, / and sqrt are correctly rounded by IEEE 754: kappa 1.
KAPPAS = {
    "float32": MappingProxyType({"exp": 4.0, "log": 5.0}),
    "float64": MappingProxyType({"exp": 3.0, "log": 3.0}),
}

# As KAPPAS, of any ufunc in either dtype, for `random_rounding`: what is not correctly rounded is
# off by a few u in the vector libraries (exp 2 ulp in Eigen's float32, pow and tanh to 4; SciPy's
# and torch's error and gamma functions more). "other" are +, -, *, / and sqrt.
UFUNC_KAPPAS = MappingProxyType(
    dict.fromkeys(("exp", "exp2", "expm1", "tanh", "sinh", "cosh", "sin", "cos", "tan"), 4.0)
    | dict.fromkeys(("log", "log2", "log10", "log1p", "power", "float_power", "logaddexp"), 5.0)
    | dict.fromkeys(("arcsin", "arccos", "arctan", "arctan2", "arcsinh", "arctanh", "cbrt"), 5.0)
    | dict.fromkeys(("erf", "erfc", "erfinv", "expit", "log_expit", "logit", "ndtr"), 10.0)
    | dict.fromkeys(("gamma", "gammaln", "digamma", "psi", "lgamma", "betaln"), 30.0)
    | {"other": 1.0}
)

# The same of torch's operations, which have names of their own. A function that is made of others,
# as softplus is, has the errors of these.
TORCH_KAPPAS = MappingProxyType(
    dict(UFUNC_KAPPAS)
    | {"pow": UFUNC_KAPPAS["power"], "sigmoid": UFUNC_KAPPAS["expit"]}
    | {"special_" + name: UFUNC_KAPPAS[name] for name in ("erfinv", "logit", "ndtr", "digamma")}
    | {"special_expit": UFUNC_KAPPAS["expit"], "lgamma": UFUNC_KAPPAS["gammaln"]}
    | dict.fromkeys(("asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh"), 5.0)
    | dict.fromkeys(("softplus", "silu", "mish", "elu", "selu", "celu", "log_sigmoid_forward"), 9.0)
    | {"special_log_ndtr": 10.0, "logcumsumexp": 9.0, "polygamma": 30.0}
)

# As those, of operations of TensorFlow that are no ufunc of NumPy's: by how many of them each is
# made (1 / sqrt(x) of two, its derivative g y^3 / 2 of four), the library functions in it counted
# as above. "other" are those that nobody has looked at, and are few operations in one.
TENSORFLOW_KAPPAS = MappingProxyType(
    {"Square": 1.0, "Sqrt": 1.0, "Inv": 1.0, "Reciprocal": 1.0, "DivNoNan": 1.0, "LeakyRelu": 1.0}
    | {"Rsqrt": 2.0, "SquaredDifference": 2.0, "Softsign": 2.0, "LeakyReluGrad": 1.0}
    | {"SqrtGrad": 2.0, "InvGrad": 3.0, "ReciprocalGrad": 3.0, "RsqrtGrad": 4.0, "SigmoidGrad": 3.0}
    | {"Elu": 4.0, "Selu": 5.0, "EluGrad": 2.0, "SeluGrad": 3.0, "SoftsignGrad": 4.0, "Prod": 5.0}
    | {"Erf": 10.0, "Erfc": 10.0, "Sigmoid": 10.0, "Softplus": 10.0, "SoftplusGrad": 10.0}
    | {"Lgamma": 30.0, "Digamma": 30.0, "other": 5.0}
)

# Of random rounding: the runs of a case; the element's allowance in its spread over them; and what
# a spread is at least, of the root mean square over its tensor, because so few runs see few
# elements well. Right ports of 29 functions lay within 7.3 spreads, wrong ones beyond 267 .
RANDOM_RUNS = 8
SPREAD_FACTOR = 16.0
SPREAD_SHARE = 0.1
# Of fewer terms that are added one after the other the budget for any order holds the worst.
SEQUENTIAL_TERMS = 32
# Whether an edit is worth a budget of its own: within so many of the truth's budgets, or so small a
# share of the difference it is to explain. Generous on purpose: what passes is confirmed.
SCREEN_SPREADS = 100.0
SCREEN_SHARE = 1e-3
# Of derivatives by differences in float64: the step, as a share of the number and of itself at 0;
# how much of the disagreement of two steps, and of the rounding of the values, is allowed; which
# share the one-sided derivatives may differ by before a kink is suspected.
DIFFERENCE_STEP = 1e-4
TRUNCATION_FACTOR = 8.0
KINK_SHARE = 0.02
# Of inputs and outputs of this many numbers two runs do, with an element's neighbours in a block of
# so many along each axis: 32 departures tell its spread within a factor of two. Four, where the
# outputs are too few to have neighbours: of two departures both would be a fiftieth of their spread
# once in some thousand calls, of four once in some million. They move values so many times as far
# as a rounding does, so that what is near a step is seen on its other side. Of an element that
# departs by `STEP_FACTOR` times what most do, as shares of their size, it is taken to be; then
# `RANDOM_RUNS` more are made, in pairs that move everything as far to either side, and what departs
# in one by so many times what is allowed is near a step too.
LARGE_CALL = 200_000
LARGE_CALL_RUNS = 2
LARGE_CALL_SCALE = 16.0
FEW_OUTPUTS_RUNS = 4
NEIGHBOURS = 16
STEP_FACTOR = 300.0
STEP_DEPARTURE = 8.0
# So many of the smallest normal numbers may be flushed to zero on the way.
TINY_NUMBERS = 4.0

# Another form of a function may round a value of 1 where the reference's rounds what is left of it:
# 1 + tanh(x / 2) loses exp(x) below a rounding of 1. So many roundings of the largest value of an
# output, no more, may a form that is right depart by from the reference's.
RIGHT_FORM_ROUNDINGS = 64.0

# Of the largest difference of an output, what is no part of what a cause has to explain: half of
# the digits. A changed reference that is sure of the rest may be in doubt about that.
NEGLIGIBLE_SHARES = MappingProxyType({"float32": 2.0**-12, "float64": 2.0**-26})

# The mean square goes through exp, log, division and root to first order. That holds while the
# argument's error is small: at 1 % the second-order term is 4 % of the budget. Beyond, the mean
# square is infinite and the worst case alone speaks.
LINEAR_RANGE = 0.01

# Squares of errors below 1e-145 underflow in float64: a mean square smaller than this is no
# evidence of a small error, and the worst case alone speaks.
MIN_MEAN_SQUARE = 1e-290


@dataclass(frozen=True)
class Rounding:
    """The arithmetic of a port: its dtype and how far one operation in it may be off.

    tau: TensorFlow and JAX flush what is smaller to zero, so every operation may be off by it.
    kappas: of "exp" and "log", their error in units of u; it is 1 for any other operation.
    """

    dtype: str
    u: float
    tau: float
    kappas: Mapping[str, float] = field(repr=False)


def get_rounding(dtype: Any) -> Rounding:
    """Return the rounding of a dtype. Raises ValueError for one that no port is judged in.

    >>> get_rounding(np.float32)
    Rounding(dtype='float32', u=5.960464477539063e-08, tau=1.1754943508222875e-38)
    """
    name = np.dtype(dtype).name
    if name not in KAPPAS:
        raise ValueError(f"dtype must be one of {', '.join(KAPPAS)} (got {name})")
    info = np.finfo(name)
    return Rounding(name, float(info.eps) / 2, float(info.tiny), KAPPAS[name])


def compute_hoeffding_factor(elements: int) -> float:
    """lambda: how many root mean squares the largest of so many errors stays within.

    It exceeds them with probability `ALPHA`, m times 2 exp(-lambda^2 / 2) (Hoeffding-Azuma).

    >>> round(compute_hoeffding_factor(1), 2), round(compute_hoeffding_factor(10_000), 2)
    (5.39, 6.89)
    """
    return float(np.sqrt(2 * np.log(2 * max(elements, 1) / ALPHA)))


def tolerance(result: "ErrorArray", worst_case: bool = False) -> np.ndarray:
    """Return the budget B of each element: what rounding may do to a right port, and no more.

    The least of twice the worst case and lambda root mean squares; worst_case leaves the second
    out. That one assumes that roundings are independent and addends come in no special order;
    float32 sums of 10,000 and more near-constant values, taken strictly one after the other, exceed
    it by a factor of 3, and sums sorted by sign by 15. Infinite where nothing is known.

    >>> from trueport.compare.rounding import as_exact
    >>> float(tolerance(as_exact(3.0, "float32") * as_exact(5.0, "float32")) / 15 * 2**24)
    2.0
    """
    factor = REFERENCE_ROUNDING_FACTOR if result.rounding.dtype == "float64" else 1.0
    worst, mean_square = WORST_CASE_FACTOR * factor * result.a, factor * result.q
    if worst_case:
        return worst
    with np.errstate(all="ignore"):
        probable = compute_hoeffding_factor(result.size) * np.sqrt(mean_square)
    return np.where(mean_square < MIN_MEAN_SQUARE, worst, np.minimum(worst, probable))


def compute_last_rounding(want: np.ndarray, dtype: object) -> np.ndarray:
    """Return the budget of values that are exact but for the last rounding: ratios, pixels.

    It is zero where want is a whole number.

    >>> compute_last_rounding(np.array([7.0, 0.5, 0.1]), "float32") / 0.1 * 2**23
    array([0., 5., 1.])
    """
    return WORST_CASE_FACTOR * get_rounding(dtype).u * np.abs(want) * (want != np.round(want))


def compute_count_rounding(count: int, dtype: object) -> float:
    """Return the budget of a share of `count` samples: as many roundings of 1.

    A port may count and divide once, or add 1 / count for each; one sample more or less is
    1 / count, and no rounding comes near it.

    >>> compute_count_rounding(100, "float32") < 1e-3 / 100
    False
    >>> compute_count_rounding(100, "float32") < 1e-2 / 100
    True
    """
    return float(WORST_CASE_FACTOR * get_rounding(dtype).u * (count + 1))


def measure_shares(got: Any, want: Any, allowed: np.ndarray, nan_equal: bool = False) -> np.ndarray:
    """Return the share of its budget that each element uses, |got - want| / allowed.

    It is 0 where both are the same, the same infinity too, and infinite where there is no telling.

    nan_equal: NaN is right where NaN is wanted, which only a changed reference does.

    >>> nan = np.nan
    >>> measure_shares([1.5, 1.0, nan], [1.0, 1.0, nan], np.array([1.0, 0.0, 1.0]))
    array([0.5, 0. , inf])
    >>> measure_shares([nan, 1.0], [nan, nan], np.ones(2), nan_equal=True)
    array([ 0., inf])
    """
    got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
    with np.errstate(all="ignore"):
        same = got == want
        if nan_equal:
            same |= np.isnan(got) & np.isnan(want)
        shares = np.where(same, 0.0, np.abs(got - want) / allowed)
    return np.where(np.isnan(shares), np.inf, shares)


def is_conclusive(want: np.ndarray, allowed: np.ndarray) -> bool:
    """Whether agreement proves anything: the widest budget is within a tenth of the largest value.

    >>> is_conclusive(np.array([1.0, 1e-9]), np.array([1e-7, 1e-7]))
    True
    >>> is_conclusive(np.array([1.0]), np.array([0.2])), is_conclusive(np.zeros(0), np.zeros(0))
    (False, False)
    """
    want, allowed = np.asarray(want), np.asarray(allowed)
    if want.size == 0 or not (np.all(np.isfinite(want)) and np.all(np.isfinite(allowed))):
        return False
    return bool(np.max(allowed) <= CONCLUSIVE_SHARE * np.max(np.abs(want)))


# Right runs of the chapter's training lie as far from the truth as a replica does, within 15 % for
# the parameters: the error has thousands of directions, and its length hardly varies. The loss, one
# number a step, varies more. A float64 truth rounds as its replicas do, hence the larger factor.
# Where training amplifies errors the factor grows with the square of that, up to
# `MAX_ENVELOPE_FACTOR` (see `training.envelope.compute_amplification`): at learning rates of 3 and
# 8 some right runs lie 3 to 9 times as far off as others. If one direction alone has grown, an
# error exceeds 300 times the larger of two others with a chance of 7 in a million.
ENVELOPE_FACTOR = MappingProxyType({"float32": 3.0, "float64": 4.0})
MAX_ENVELOPE_FACTOR = 100.0

# Where the envelope is wider than this share of the way travelled, two right runs part for good:
# beyond it a single pair of runs proves nothing.
HORIZON = 3e-3

# The study over seeds. Two ports are called equally good within 0.2 points of test accuracy: on
# 10,000 images an accuracy of 92 % has a standard error of 0.27 points, so another test set of this
# size would change either by more.
STUDY_MARGIN_POINTS = 0.2

# And equally fast within 100 steps: 5 % of the 2,000 or so that the chapter's settings take to
# reach 0.90.
STUDY_MARGIN_STEPS = 100.0

# Steps between two evaluations: a fifth of that margin, so that the grid does not decide.
STUDY_EVALUATION_INTERVAL = 20

# The level of each test, and the power that "enough seeds" means: the custom of equivalence trials.
STUDY_ALPHA = 0.05
STUDY_POWER = 0.8

# Runs that never reach 0.90 count with the steps they ran up to this share of either port's runs:
# beyond, the means compared would be the number of steps run, and two ports that never learn would
# be called equivalent.
STUDY_MAX_CENSORED_SHARE = 0.25

# A count of labels read off a gradient of mean(y - t) is whole but for the epsilon in the logarithm
# (1e-7 / y of it) and rounding in float32 (1e-5 of a hundred): a thousandth tells it from others.
WHOLE_COUNT = 1e-3

# Two runs of one model on the same inputs, of its largest output: another order of sums, as on a
# GPU, parts them by a ten-thousandth at most, dropout or noise by more than this.
SAME_RUN_SHARE = 1e-3

# An edit of a model's code is a cause where it leaves this share of the departure at most: one that
# rounds otherwise may bring what is just beyond its budget just within it.
MENDED_SHARE = 0.25
