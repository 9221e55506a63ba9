"""Checks of every kind, built in code: what the formats must cope with."""

import math

from trueport.compare.judging.check import Check, NotLookedAt
from trueport.compare.judging.verdict import Verdict, WorstElement

HOSTILE = "a|b`` ``` <script>&\x1b[31m\x00\ud800]]> @all \n# h1\n[x](javascript:y) \u202e"
WORST = WorstElement("batch 4 x 7", "value", [0, 3], 1.0, 2.0, 1e-15)
CAUSE = {
    "id": "F26",
    "form": "clip",
    "kind": "fault",
    "name": "probabilities clipped at both ends",
    "does": "log(clip(y, 1e-7, 1 - 1e-7)) stands for log(y + 1e-7), as in Keras's own losses. " * 3,
    "fix": {"numpy": "np.log(y + 1e-7)", "torch": "torch.log(y + 1e-7)"},
    "budget_used": 0.3,
    "explained": 0.999998,
    "size": 0.69,
    "also": ["F54"],
    "sources": [],
}
BARE_CAUSE = {"id": "F78", "name": "loss logged before the update", "fix": "compute it again"}
EDIT = {
    "id": "edit",
    "form": "",
    "kind": "fault",
    "name": "+ for -",
    "does": "The reference gives what the port gave with this change of TwoLayerNet.gradient.",
    "fix": {},
    "budget_used": 0.07,
    "explained": 1.0,
    "size": 0.3,
    "residual": 1e-16,
    "also": [],
    "apart": {},
    "with": {
        "id": "F77",
        "name": "loss without an epsilon",
        "fix": {"numpy": "np.log(y + 1e-7)", "torch": "torch.log(y + 1e-7)"},
    },
    "sources": [],
    "diff": "--- reference/networks.py\n+++ reference/networks.py\n@@ -9 +9 @@\n"
    "-        da1 = np.dot(da2, W2.T) * z1 * (1.0 - z1)\n"
    "+        da1 = np.dot(da2, W2.T) * z1 * (1.0 + z1)",
}


def verdict(status: str = "faithful", component: str = "softmax", **rest) -> Verdict:
    base = {"gate": "activations", "dtype": "float64", "elements": 28, "budget_used": 0.31}
    if status in ("unfaithful", "convention"):
        base |= {"worst": WORST, "elements_over": 3, "least_rtol": 0.5, "budget_used": 1e15}
        base["message"] = "3 of 28 elements beyond their rounding budget; worst in case ..."
    return Verdict(port="port", component=component, status=status, **(base | rest))


def check(*verdicts: Verdict, target: str = "port.py", framework: str = "numpy", **rest) -> Check:
    return Check(target, framework, list(verdicts), **rest)


CONVENTION = CAUSE | {"kind": "convention"}
NAN = WorstElement("large", "value", [], math.nan, 0.5, 1e-15)

CHECKS: dict[str, Check] = {
    "faithful": check(verdict(), verdict(dtype="float32")),
    "partly": check(verdict(), verdict("missing", "sigmoid", message="not offered by the port")),
    "convention": check(verdict(), verdict("convention", "cross_entropy_error", cause=CONVENTION)),
    "accepted": check(
        verdict("convention", "cross_entropy_error", cause=CONVENTION),
        verdict("follows", "TwoLayerNet.loss", follows="cross_entropy_error", cause=CONVENTION),
        accepted=("F26",),
    ),
    "with cause": check(verdict(), verdict("unfaithful", cause=CAUSE), framework="torch"),
    "bare cause": check(verdict("unfaithful", "one update", cause=BARE_CAUSE), framework="arrays"),
    "edit": check(verdict(), verdict("unfaithful", "TwoLayerNet.gradient", cause=EDIT)),
    "unknown": check(verdict("unfaithful"), verdict("unfaithful", dtype="float32")),
    "error": check(verdict("error", message="one sample: NameError: name 'nmp' is not defined")),
    "broken": check(
        verdict("error", message="batch 7 x 4: ValueError", broken="batch 7 x 4", worst=WORST)
    ),
    "error and wrong": check(
        verdict("error", message="x: IndexError", worst=WORST, elements_over=2, least_rtol=0.5)
    ),
    "not comparable": check(
        verdict(),
        verdict("not-comparable", "TwoLayerNet.loss", message="it needs a GPU: use the CPU"),
        verdict("not-comparable", "TwoLayerNet.predict", message="it needs a GPU: use the CPU"),
    ),
    "not opened": check(hindrance="this port needs jax: pip install jax"),
    "left": check(
        verdict(), not_looked_at=[NotLookedAt("relu"), NotLookedAt("sofmax_2", "softmax")]
    ),
    "timeout": check(verdict("timeout", message="batch: no answer within 60 s")),
    "follows": check(
        verdict("unfaithful"), verdict("follows", "TwoLayerNet.predict", follows="softmax")
    ),
    "no power": check(verdict(no_power=True, message="agreement proves nothing")),
    "float32 only": check(
        verdict(no_power=True, message="judged in float32"), verdict(dtype="float32")
    ),
    "nothing": check(),
    "all missing": check(verdict("missing", message="not offered by the port")),
    "nan": check(
        verdict("unfaithful", worst=NAN, budget_used=math.inf, least_rtol=math.inf, message="")
    ),
    "exact": check(
        verdict("unfaithful", worst=WorstElement("c", "x afterwards", [0], 1.0, 2.0, 0.0))
    ),
    "shape": check(
        verdict(
            "unfaithful",
            worst=None,
            elements_over=0,
            message="batch: value must have shape (4, 7) (got (7,))",
        )
    ),
    "changed": check(verdict("unfaithful", message="one: changed its caller's x")),
    "hostile": check(
        verdict(
            "unfaithful", message=HOSTILE * 9, worst=WorstElement(HOSTILE, HOSTILE, [1], 1, 2, 1e-9)
        ),
        verdict("error", "sigmoid", message=HOSTILE, worst=None),
        target=HOSTILE,
        notes=[HOSTILE, "x" * 3000],
    ),
}
