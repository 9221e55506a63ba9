"""A check of models as a page, as Markdown, JSON and JUnit XML."""

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from model_check import make_model_check

from trueport.compare.judging.check import Check
from trueport.compare.report import check_formats
from trueport.compare.report.layer_table import build_layer_table

SCHEMA = json.loads(
    (Path(check_formats.__file__).parent / "check.schema.json").read_text(encoding="utf-8")
)


def test_the_page_opens_the_departing_layer():
    text = check_formats.render_check_html(make_model_check())
    assert "unfaithful, first at norm" in text
    assert '<details class="finding" id="finding-1" open>' in text
    assert 'href="#finding-1"' in text
    assert "BatchNormalization(..., epsilon=1e-05)" in text
    assert "1e-05 in the reference, 0.001 in the port" in text
    assert 'data-chart="model-loss"' in text
    assert 'data-chart="map-1"' in text or "The error over the tensor" in text


def test_the_page_of_a_right_port_has_no_finding():
    text = check_formats.render_check_html(make_model_check(wrong=False))
    assert "faithful: the same as torch.py" in text
    assert 'class="finding"' not in text


def test_the_command_compares_the_same_once_more():
    result = make_model_check()
    assert result.details is not None
    result.details.arguments = ("--input", "2x8x4x6")
    text = check_formats.render_check_html(result)
    assert "trueport check keras.py --against torch.py --input 2x8x4x6 --dtype float64" in text


def test_a_check_that_came_to_nothing_is_a_page_too():
    hindered = Check("keras.py", against="torch.py", models=True, hindrance="<b>no inputs</b>")
    text = check_formats.render_check_html(hindered)
    assert "&lt;b&gt;no inputs&lt;/b&gt;" in text


def test_what_stands_between_layers_is_shown_where_it_departs():
    result = make_model_check()
    assert [row.kind for row in build_layer_table(result)] == ["holder", "layer", "layer"]
    result.verdicts[0].status = "unfaithful"
    assert [row.kind for row in build_layer_table(result)][:2] == ["holder", "between"]


def test_a_layer_is_shown_in_the_worse_dtype():
    result = make_model_check()
    result.verdicts[1].status, result.verdicts[1].budget_used = "faithful", 0.1
    cell = build_layer_table(result)[1].cell
    assert cell is not None
    assert cell.style.name == "unfaithful"


def test_markdown_has_layers_and_weights_the_unpaired_first():
    text = check_formats.render_check_markdown(make_model_check())
    assert "| · block.norm (BatchNorm2d) | 2 × 8 × 4 × 6 | 16 + 16 | norm" in text
    assert text.index("extra/kernel") < text.index("norm/gamma")


@pytest.mark.parametrize("wrong", [True, False])
def test_json_has_layers_and_follows_its_schema(wrong):
    record = json.loads(check_formats.render_check_json(make_model_check(wrong)))
    jsonschema.validate(record, SCHEMA)
    norm = record["layers"][1]
    assert (norm["port"]["type"], norm["status"]) == (
        "BatchNormalization",
        "unfaithful" if wrong else "faithful",
    )
    assert [len(curve["loss"]) for curve in record["training"]["curves"]] == [10] * 4


def test_junit_counts_what_follows():
    root = ElementTree.fromstring(check_formats.render_check_junit(make_model_check()))
    assert (root.get("tests"), root.get("failures")) == ("6", "4")
