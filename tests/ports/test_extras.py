"""What is said where a package of an extra is not installed."""

import sys

import pytest

from trueport.compare.ports.extras import MissingPackageError, needs_extra


def test_a_missing_package_is_a_sentence_with_the_name_of_its_extra() -> None:
    with pytest.raises(MissingPackageError) as told, needs_extra("torch", "keras"):
        from not_there import part  # noqa: F401
    assert str(told.value) == (
        "this needs not_there, which is not installed: "
        "pip install 'trueport[torch]' or 'trueport[keras]'"
    )


def test_a_package_that_breaks_on_import_is_not_called_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    (tmp_path / "broken_package.py").write_text("raise ImportError('no such symbol')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match="no such symbol") as told, needs_extra("report"):
        import broken_package  # noqa: F401
    assert not isinstance(told.value, MissingPackageError)
    assert "broken_package" not in sys.modules
