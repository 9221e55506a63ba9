"""Findings of many layers that have one cause are one."""

from types import SimpleNamespace

from trueport.compare.report.same_cause import share_findings


def make_finding(name: str, epsilon: float | None, dtype: str = "float64") -> SimpleNamespace:
    cause = None if epsilon is None else {"settings": {"epsilon": [1e-5, epsilon]}}
    return SimpleNamespace(component=name, dtype=dtype, cause=cause)


def test_layers_with_the_same_settings_are_told_once() -> None:
    findings = [
        make_finding("bn1", 1e-3),
        make_finding("fc", None),
        make_finding("bn2", 1e-3),
        make_finding("bn3", 2e-3),
        make_finding("bn4", 1e-3),
        make_finding("head", None),
        make_finding("bn1", 1e-3, "float32"),
    ]
    shared = share_findings(findings)
    told = [(one.verdict.component, one.others) for one in shared]
    assert told == [("bn1", ["bn2", "bn4"]), ("fc", []), ("bn3", []), ("head", []), ("bn1", [])]
    assert "the same in 2 more layers: bn2, bn4" in "".join(shared[0].format_others())
    assert not list(shared[1].format_others())


def test_places_with_one_edit_are_told_once() -> None:
    causes = [{"edited": "port", "diff": "a"}, {"edited": "port", "diff": "b"}, {"diff": "a"}]
    findings = [
        SimpleNamespace(component=f"{n}", dtype="float64", cause=causes[n % 3]) for n in range(6)
    ]
    shared = share_findings(findings)
    told = [(one.verdict.component, one.others) for one in shared]
    assert told == [("0", ["3"]), ("1", ["4"]), ("2", []), ("5", [])]
    assert "the same in 1 more place: 3" in "".join(shared[0].format_others())
