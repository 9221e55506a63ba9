"""Changes to the training loop without a number, which only a recorded training shows."""

from ...suite.fault import Fault, fix_everywhere
from .patch_points import AT, PackageEdits, combine_edits
from .rules import CONVENTION, FAULT, build_descent_edits, build_state_edits


def make_loop_fault(rule: tuple[str, str, str, str, str, str], edits: PackageEdits) -> Fault:
    """Make a fault of the loop from its words and edits."""
    id, form, name, kind, does, mend = rule
    return Fault(id, form=form, name=name, kind=kind, does=does, fix=fix_everywhere(mend),
                 edits=edits, hypothesis=False)  # fmt: skip


def make_accumulation_fault(count: int, mean: bool) -> Fault:
    """Return an update after so many batches, from the sum of their gradients or its mean."""
    size = f" / {count}" if mean else ""
    does = f"The gradients of {count} batches are {'averaged' if mean else 'added'}; only then an "
    does += "update is made."
    if not mean:
        does += f" Added means, not averaged, move {count} times as far."
    return make_loop_fault(
        ("F16", f"{'mean' if mean else 'sum'} of {count}",
         f"gradient {'averaged' if mean else 'added'} over {count} batches for one update",
         FAULT, does, "Update after every batch; or divide by the number of batches."),
        combine_edits(
            build_state_edits("total = {}"),
            AT["STEP_GRADIENT"](
                "grad = network.gradient(x_batch, t_batch)\n"
                f"        total = total if i % {count} else {{}}\n"
                f"        total = {{k: total.get(k, 0.0) + g{size} for k, g in grad.items()}}\n"
                "        grad = total"
            ),
            AT["UPDATE"](
                f"network.params[key] -= learning_rate * grad[key] * ((i + 1) % {count} == 0)"
            ),
        ),
    )  # fmt: skip


def make_delay_fault(first: str, form: str) -> Fault:
    """Make the fault of an update with the gradient of the step before."""
    return make_loop_fault(
        ("T01", form, "gradient one step late", FAULT,
         "Each update uses the gradient of the batch before, taken at the parameters before: "
         f"{form}.", "Compute the gradient of this batch before its update."),
        combine_edits(
            build_state_edits("due = None"),
            AT["STEP_GRADIENT"](
                "grad = network.gradient(x_batch, t_batch)\n"
                f"        grad, due = {first} if due is None else due, grad"
            ),
        ),
    )  # fmt: skip


ACCUMULATION_FAULTS = tuple(
    make_accumulation_fault(k, mean) for k in (2, 3, 4, 5, 8, 10, 16) for mean in (True, False)
)
LOOP_FAULTS = (
    *ACCUMULATION_FAULTS,
    make_delay_fault("{key: 0.0 * g for key, g in grad.items()}", "the first step has none"),
    make_delay_fault("grad", "the first step has its own"),
    make_loop_fault(
        ("F18", "within an epoch", "gradients set back to zero once an epoch alone", FAULT,
         "Each update uses the sum of all gradients of the epoch so far.",
         "Set the gradients to zero in every step."),
        combine_edits(
            build_state_edits("total = {}"),
            AT["STEP_GRADIENT"](
                "grad = network.gradient(x_batch, t_batch)\n"
                "        total = total if i % iter_per_epoch else {}\n"
                "        total = {key: total.get(key, 0.0) + g for key, g in grad.items()}\n"
                "        grad = total"
            ),
        ),
    ),
    make_loop_fault(
        ("F08", "full size", "a smaller last batch divided by the full size", FAULT,
         "The sum over the batch is divided by the usual batch size, whatever its own size: the "
         "last batch of an epoch counts less.", "Divide by the number of rows in this batch."),
        AT["STEP_GRADIENT"](
            "grad = network.gradient(x_batch, t_batch)\n"
            "        share = len(x_batch) / len(batch_masks[0])\n"
            "        grad = {key: g * share for key, g in grad.items()}"
        ),
    ),
    make_loop_fault(
        ("F39", "cosine", "learning rate that falls as a cosine to zero", CONVENTION,
         "The learning rate falls as half a cosine over the whole run.",
         "Keep the learning rate constant."),
        {"reference": build_descent_edits(
            rate=" * 0.5 * (1.0 + __import__('math').cos(3.141592653589793 * i / network.steps))")},
    ),
    make_loop_fault(
        ("F39", "linear", "learning rate that falls evenly to zero", CONVENTION,
         "The learning rate falls evenly over the whole run.", "Keep the learning rate constant."),
        {"reference": build_descent_edits(rate=" * (1.0 - i / network.steps)")},
    ),
)  # fmt: skip

RUNNING_LOSS_EDITS = combine_edits(
    build_state_edits("seen = []"),
    AT["STEP_GRADIENT"](
        "seen = seen if i % iter_per_epoch else []\n"
        "        seen.append(network.loss(x_batch, t_batch))\n"
        "        grad = network.gradient(x_batch, t_batch)"
    ),
    AT["LOGGED"]("train_loss_list.append(sum(seen) / len(seen))"),
)
RUNNING_LOSS_FAULT = make_loop_fault(
    ("F03", "running mean", "loss averaged over the epoch so far", FAULT,
     "The mean of the epoch's losses until now, each before its update, is logged, as Keras's fit "
     "and its callbacks report it.",
     "Log the loss of the batch; read Keras's history as what it is."),
    RUNNING_LOSS_EDITS,
)  # fmt: skip
