"""A framework's own starts and orders."""

from typing import Any

import pytest


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_a_frameworks_own_draws_are_its_documented_ones_and_follow_the_seed(
    ask_framework: Any, framework: str
) -> None:
    ask_framework(framework, "draws_worker.check_draws", framework)
