import pytest

NAMES = ("perceptron", "residual", "recurrent", "attending", "shared")
QUICK = ("perceptron", "shared")
OPERATIONS = (
    "convolution",
    "transposed",
    "batch",
    "instance",
    "group",
    "layer",
    "layer without weights",
    "root mean square",
    "GRU",
    "averages",
    "adaptive averages",
    "GELU",
    "GELU by tanh",
    "SiLU",
    "Mish",
    "ELU",
    "Softplus",
    "GLU",
    "softmax",
    "log_softmax",
    "logsumexp",
    "std",
    "var",
    "var_mean",
    "norm",
    "norm of 3",
    "cumsum",
    "prod",
    "attention",
    "cross_entropy",
    "mse_loss",
    "scatter_add",
    "index_put",
    "addmm in place",
    "baddbmm",
    "einsum",
    "fft",
    "solve",
    "interpolate",
    "relu",
    "moved",
    "masked",
    "padded",
    "doubled",
    "pooled",
)
HELPER = "torch_side_checks"


@pytest.mark.parametrize("train", [False, True], ids=["eval", "train"])
@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.sweep] * (n not in QUICK)) for n in NAMES],
)
def test_float32_stays_within_roundings_at_random(ask_framework, name, train):
    ask_framework("torch", f"{HELPER}.check_budget", name, train)


@pytest.mark.parametrize("name", ["residual", "attending"])
def test_the_seed_says_all_about_a_run(ask_framework, name):
    ask_framework("torch", f"{HELPER}.check_seeds", name)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_the_same_but_for_roundings(ask_framework, name):
    ask_framework("torch", "torch_operations.check_operation", name)
