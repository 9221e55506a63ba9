"""JUnit XML, as the schemas that CI systems share have it."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .wording import clean_text

COUNTED = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}

JUnitResult = tuple[str, str, str, str]  # "failure", "error" or "skipped"; message, type, text
JUnitCase = tuple[str, str, JUnitResult | None]  # group, name; a case without a result passed
JUnitSuite = tuple[str, float, list[JUnitCase]]  # name, seconds


def render_junit_suites(
    name: str, suites: Iterable[JUnitSuite], seconds: float | None = None
) -> str:
    """Return the file, everything counted.

    seconds: what all of it took; each case then says that it took none.
    """
    root = Element("testsuites", {"name": clean_text(name)})
    times = {}
    if seconds is not None:
        root.set("time", f"{seconds:.3f}")
        times = {"time": "0.000"}
    for title, took, cases in suites:
        suite = SubElement(root, "testsuite", name=clean_text(title), time=f"{took:.3f}")
        for group, label, result in cases:
            names = {"classname": clean_text(group), "name": clean_text(label)}
            case = SubElement(suite, "testcase", names | times)
            if result is not None:
                kind, message, type_, text = result
                told = SubElement(case, kind, message=clean_text(message))
                if kind != "skipped":  # which has no more
                    told.set("type", clean_text(type_))
                    told.text = clean_text(text)
    for element in (root, *root):
        for key, tag in COUNTED.items():
            element.set(key, str(len(element.findall(f".//{tag}"))))
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"
