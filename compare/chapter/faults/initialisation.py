"""Faults in the weights that a fresh network has."""

from ...suite.fault import fix_per_framework
from . import patch_points as at
from .make_fault import make_fault
from .patch_points import PackageEdits, combine_edits

CHAPTER_INIT_FIX = fix_per_framework(
    "0.01 * np.random.randn(in, out), biases 0",
    "0.01 * torch.randn(in, out), or nn.init.normal_(w, std=0.01) and nn.init.zeros_(b)",
    "kernel_initializer=RandomNormal(stddev=0.01); a Dense layer's biases are 0 already.",
)


def write_uniform_draw(fan_in: str, fan_out: str, limit: str) -> tuple[str, str, str]:
    """Return a draw from -limit..limit in each package."""
    size = f"{fan_in}, {fan_out}"
    return (
        f"rng.uniform(-({limit}), {limit}, ({size}))",
        f"({limit}) * (2 * torch.rand({size}, generator=rng) - 1)",
        f"keras.random.uniform(({size}), -({limit}), {limit}, seed=rng)",
    )


def build_bias_edits(size: str, fan_in: str) -> PackageEdits:
    """Draw a bias from the limits that its weights have in torch."""
    place = at.INITIAL_B1 if size == "hidden_size" else at.INITIAL_B2
    limit = f"{fan_in} ** -0.5"
    return place(
        f"rng.uniform(-({limit}), {limit}, {size})",
        f"({limit}) * (2 * torch.rand({size}, generator=rng) - 1)",
        f"keras.random.uniform(({size},), -({limit}), {limit}, seed=rng)",
    )


def write_glorot_draw(fan_in: str, fan_out: str) -> tuple[str, str, str]:
    """Return a draw of weights by Glorot in each package."""
    return write_uniform_draw(fan_in, fan_out, f"(6 / ({fan_in} + {fan_out})) ** 0.5")


INITIALISATION_FAULTS = (
    make_fault(
        "F19/torch",
        name="initial weights of nn.Linear",
        kind="convention",
        does="Weights and biases are drawn evenly from plus or minus 1 / sqrt(in), torch's "
        "default: at 784-50-10 two and eight times as wide as the chapter's, and biases not 0.",
        fix=CHAPTER_INIT_FIX,
        edits=combine_edits(
            at.INITIAL_W1(*write_uniform_draw("input_size", "hidden_size", "input_size ** -0.5")),
            at.INITIAL_W2(*write_uniform_draw("hidden_size", "output_size", "hidden_size ** -0.5")),
            build_bias_edits("hidden_size", "input_size"),
            build_bias_edits("output_size", "hidden_size"),
        ),
    ),
    make_fault(
        "F19/keras",
        name="initial weights of a Dense layer",
        kind="convention",
        does="Weights are drawn evenly from plus or minus sqrt(6 / (in + out)), Keras's default "
        "glorot_uniform: at 784-50-10 five and eighteen times as wide as the chapter's.",
        fix=CHAPTER_INIT_FIX,
        edits=combine_edits(
            at.INITIAL_W1(*write_glorot_draw("input_size", "hidden_size")),
            at.INITIAL_W2(*write_glorot_draw("hidden_size", "output_size")),
        ),
    ),
    make_fault(
        "F70",
        name="initial weights of unit variance",
        does="The factor 0.01 is missing: the sigmoids start saturated.",
        fix=CHAPTER_INIT_FIX,
        edits=combine_edits(
            at.INITIAL_W1(
                "rng.randn(input_size, hidden_size)",
                "torch.randn(input_size, hidden_size, generator=rng)",
                "keras.random.normal((input_size, hidden_size), seed=rng)",
            ),
            at.INITIAL_W2(
                "rng.randn(hidden_size, output_size)",
                "torch.randn(hidden_size, output_size, generator=rng)",
                "keras.random.normal((hidden_size, output_size), seed=rng)",
            ),
        ),
    ),
    make_fault(
        "F81",
        name="uniform instead of normal initial weights",
        does="rand stands for randn: all weights are positive, with mean 0.005.",
        fix=CHAPTER_INIT_FIX,
        edits=combine_edits(
            at.INITIAL_W1(
                "weight_init_std * rng.rand(input_size, hidden_size)",
                "weight_init_std * torch.rand(input_size, hidden_size, generator=rng)",
                "weight_init_std * keras.random.uniform((input_size, hidden_size), seed=rng)",
            ),
            at.INITIAL_W2(
                "weight_init_std * rng.rand(hidden_size, output_size)",
                "weight_init_std * torch.rand(hidden_size, output_size, generator=rng)",
                "weight_init_std * keras.random.uniform((hidden_size, output_size), seed=rng)",
            ),
        ),
    ),
)
