import pytest

NAMES = ("perceptron", "residual", "recurrent", "attending", "shared")
HELPER = "torch_side_checks"


@pytest.mark.parametrize("train", [False, True], ids=["eval", "train"])
@pytest.mark.parametrize("name", NAMES)
def test_float32_stays_within_roundings_at_random(ask_framework, name, train):
    ask_framework("torch", f"{HELPER}.check_budget", name, train)


@pytest.mark.parametrize("name", ["residual", "attending"])
def test_the_seed_says_all_about_a_run(ask_framework, name):
    ask_framework("torch", f"{HELPER}.check_seeds", name)
