"""`trueport run`: every port over every case and the training, judged and reported."""

import importlib.util
import sys
from collections.abc import Sequence
from typing import Any

import click

from . import options as shared
from .run_against import OWN_OUT, run_own_suite, take_own_options, was_given

KERAS_PORTS = {"tensorflow": "keras", "torch": "keras[torch]", "jax": "keras[jax]"}  # by backend


@click.command(
    epilog="Exit status: 0 all pass, 1 a mismatch, 2 bad input, results that cannot be written, "
    "nothing to compare but the reference, or a port that was named and could not be compared, 3 "
    "faithful but for conventions that were not accepted."
)
@shared.shown_option(
    "--data",
    default="auto",
    metavar="auto|embedded|PATH",
    help="MNIST: an mnist.npz, a folder of IDX files, the 5,000 embedded digits, or "
    "Keras's copy, downloaded if it can be.",
)
@shared.shown_option("--steps", default=10_000, help="Training steps.")
@shared.batch_size_option
@shared.learning_rate_option
@shared.hidden_size_option
@shared.shown_option(
    "--ports",
    type=shared.NameList(),
    default="reference,torch,keras",
    help="Which ports, separated by commas. One that is named here must run; of the default list "
    "one whose framework is not installed is left out, and the report says so.",
)
@click.option(
    "--backend",
    "backends",
    type=shared.NameList(),
    default=(),
    metavar="LIST",
    help="Keras's backends, each a port: tensorflow (keras), torch (keras[torch]), jax "
    "(keras[jax]); all for every one that is installed.",
)
@shared.dtypes_option
@shared.shown_option("--seed", default=0)
@click.option(
    "--require-ports",
    is_flag=True,
    help="Fail if a port of the default list is not installed, as for one named in --ports.",
)
@shared.accept_option
@shared.out_option("runs/latest")
@click.option(
    "--cache",
    type=shared.FOLDER,
    metavar="DIR",
    help="Where truths and envelopes are kept; else TRUEPORT_CACHE, else the user's cache.",
)
@click.option("--no-cache", is_flag=True, help="Neither use what is kept there nor keep anything.")
@click.option("--fresh", is_flag=True, help="Run again what an earlier call left in the folder.")
@click.option(
    "--against",
    metavar="REFERENCE",
    shell_complete=shared.complete_file,
    help="A NumPy file of your own, or a folder of them, whose functions are right, in place of "
    "the chapter: --ports torch=mine_torch.py,keras=mine_keras.py. Without --out the results are "
    f"in {OWN_OUT}, beside those of the chapter's run.",
)
@shared.inputs_option
@shared.pairs_option
@shared.gradient_option
@shared.deep_option
@shared.timeout_option
@shared.memory_option
@shared.python_option
def run(
    dtype: str,
    ports: tuple[str, ...],
    backends: tuple[str, ...],
    accept: tuple[str, ...],
    require_ports: bool,
    **options: Any,
) -> None:
    """Train and check every port, and write the report.

    With --against, hold ports of your own against a reference of your own, function by function;
    --inputs, --map, --no-gradient, --deep, --timeout, --memory and --python go with it alone.
    """
    with shared.refuse_bad_input():
        ctx = click.get_current_context()
        own = take_own_options(ctx, options)
    if own["against"] is not None:
        out = options["out"] if was_given(ctx, "out") else OWN_OUT
        run_own_suite(ports, dtype, own, out)
    from ..report.summary import format_summary
    from ..workflow.judge_run import compute_exit_code
    from ..workflow.reports import preload_renderers, write_run_reports
    from ..workflow.run import run as run_all
    from ..workflow.run_context import RunSettings

    with shared.refuse_bad_input():
        wanted = expand_backends(ports, backends)
        all_named = require_ports or was_given(ctx, "ports")
        settings = RunSettings(
            ports=wanted,
            required=wanted if all_named else name_keras_ports(backends),
            dtypes=shared.list_dtypes(dtype),
            accept=shared.collect_accepted(accept),
            command=shared.quote_command(),
            **options,
        )
        result = run_all(settings, shared.warn, preload_renderers)
    shared.print_lines(format_summary(result))
    with shared.refuse_bad_input():
        shared.print_written(write_run_reports(settings.out, warn=shared.warn))
    shared.stop_if_interrupted(result.interrupted)
    sys.exit(compute_exit_code(result, settings.accept))


def expand_backends(names: Sequence[str], backends: Sequence[str]) -> tuple[str, ...]:
    """Return names with Keras on these backends: in the place of "keras", or behind the rest.

    "all" stands for every backend that is installed. Raises ValueError for one that Keras has not.

    >>> expand_backends(("reference", "keras"), ("tensorflow", "torch"))
    ('reference', 'keras', 'keras[torch]')
    >>> expand_backends(("reference",), ("theano",))
    Traceback (most recent call last):
      ...
    ValueError: --backend must be of tensorflow, torch, jax or all (got theano)
    """
    if not backends:
        return tuple(names)
    for name in backends:
        if name not in (*KERAS_PORTS, "all"):
            raise ValueError(f"--backend must be of {', '.join(KERAS_PORTS)} or all (got {name})")
    installed = [b for b in KERAS_PORTS if importlib.util.find_spec(b) is not None]
    ports = name_keras_ports(installed if "all" in backends else backends)
    place = names.index("keras") if "keras" in names else len(names)
    behind = (name for name in names[place:] if name != "keras")
    return tuple(dict.fromkeys([*names[:place], *ports, *behind]))


def name_keras_ports(backends: Sequence[str]) -> tuple[str, ...]:
    """Return the ports that run Keras on these backends; "all" names none.

    >>> name_keras_ports(("torch",)), name_keras_ports(("all",))
    (('keras[torch]',), ())
    """
    return tuple(KERAS_PORTS[name] for name in backends if name != "all")
