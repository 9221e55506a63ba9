"""What cannot run here, or is something else."""

from .row import NOT_COMPARABLE, Row

ROWS = [
    Row(
        "08_jax1023_ce_mean.py",
        NOT_COMPARABLE,
        says=("skipped this port needs jax, not installed for", "pip install jax", "--python PATH"),
        needs_no="jax",
    ),
    Row(
        "56_gpu.py",
        NOT_COMPARABLE,
        says=("skipped TwoLayerNet: it needs a GPU, and none can be used here",),
    ),
    Row(
        "58_argv.py",
        NOT_COMPARABLE,
        says=("skipped softmax: it reads command-line arguments, and a check gives none",),
        quick=True,
    ),
    Row("62_bf16.py", NOT_COMPARABLE, says=("its layers are in bfloat16 (fc1.weight)",)),
    Row(
        "64_missing.py",
        NOT_COMPARABLE,
        says=(
            "not comparable as a whole: the same as the chapter's in softmax",
            "skipped sigmoid: mypkg_not_there is not installed",
            "pip install mypkg_not_there",
            "No module named 'einops'",
        ),
    ),
    Row(
        "65_missing2.py",
        NOT_COMPARABLE,
        says=("skipped TwoLayerNet: lightning is not installed for", "pip install lightning"),
        needs_no="lightning",
    ),
    Row(
        "68_right_batchnorm_module.py",
        NOT_COMPARABLE,
        says=("MyBatchNorm: it has no fully connected layers: what is compared is a net of two",),
    ),
    Row(
        "69_cnn_module.py",
        NOT_COMPARABLE,
        says=(
            "skipped TwoLayerNet: Net: it has a convolution (Conv2d): what is compared is a net",
        ),
    ),
    Row(
        "unbuilt_cnn.py",
        NOT_COMPARABLE,
        says=("skipped TwoLayerNet: model: it has a convolution (Conv2D): what is compared is",),
    ),
    Row(
        "unbuilt_cnn_class.py",
        NOT_COMPARABLE,
        says=("skipped TwoLayerNet: MyModel: it has a convolution (Conv2D): what is compared",),
    ),
    Row(
        "false_pass.py",
        NOT_COMPARABLE,
        says=(
            "skipped cross_entropy_error, label out of range: cross_entrophy_error was not looked "
            "at: did you mean cross_entropy_error?",
        ),
    ),
    Row(
        "functional_jax.py",
        NOT_COMPARABLE,
        says=("skipped this port needs jax, not installed for", "pip install jax"),
        needs_no="jax",
    ),
    Row(
        "missing_import.py",
        NOT_COMPARABLE,
        says=("skipped sigmoid: cupy is not installed for", "pip install cupy"),
        needs_no="cupy",
        quick=True,
    ),
    Row(
        "newer_syntax.py",
        NOT_COMPARABLE,
        says=("line 6, is not Python", "It is written for Python 3.12 or newer", "--python PATH"),
    ),
    Row(
        "not_python.py",
        NOT_COMPARABLE,
        says=(
            "not_python.py, line 5, is not Python: expected an indented block after function "
            "definition on line 4",
        ),
        quick=True,
    ),
]
