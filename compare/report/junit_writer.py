"""JUnit XML, as the schemas that CI systems share have it."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .wording import clean_text

RESULT_COUNTS = {
    "tests": "testcase",
    "failures": "failure",
    "errors": "error",
    "skipped": "skipped",
}


class JUnitWriter:
    """Suites of test cases; a case without a result passed."""

    def __init__(self, name: str, **attributes: str) -> None:
        self.root = Element("testsuites", {"name": clean_text(name)} | attributes)

    def add_suite(self, name: str, seconds: float = 0.0) -> Element:
        """Add a suite that took so long."""
        return SubElement(self.root, "testsuite", name=clean_text(name), time=f"{seconds:.3f}")

    def add_case(self, suite: Element, group: str, name: str, **attributes: str) -> Element:
        """Add a test case to a suite."""
        names = {"classname": clean_text(group), "name": clean_text(name)}
        return SubElement(suite, "testcase", names | attributes)

    def add_result(
        self, case: Element, kind: str, message: str, type_: str = "", text: str = ""
    ) -> None:
        """Say why a case did not pass.

        kind: "failure", "error" or "skipped", which has no more.
        """
        told = SubElement(case, kind, message=clean_text(message))
        if kind != "skipped":
            told.set("type", clean_text(type_))
            told.text = clean_text(text)

    def render(self) -> str:
        """Return the file, everything counted."""
        for element in (self.root, *self.root.findall("testsuite")):
            for key, tag in RESULT_COUNTS.items():
                element.set(key, str(len(element.findall(f".//{tag}"))))
        indent(self.root)
        return tostring(self.root, encoding="unicode", xml_declaration=True) + "\n"
