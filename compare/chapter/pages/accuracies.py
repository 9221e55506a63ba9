"""The accuracies that the chapter prints of its own training."""

from ...judging.results import Run
from ...report.additions import PrintedAccuracy

# Source: the chapter's document 004 (section 4.5.3), which prints these 17 lines for 10,000 steps
# of batches of 100 on the complete MNIST: one at the first step and one every 600 steps after it.
PRINTED_SOURCE = "document 004, section 4.5.3"
PRINTED_ACCURACIES = tuple(
    PrintedAccuracy(1 + 600 * epoch, *accuracies) for epoch, accuracies in enumerate((
        (0.0986, 0.0957), (0.7932333333333333, 0.7953), (0.8764166666666666, 0.8794),
        (0.8994666666666666, 0.902), (0.9094333333333333, 0.9106), (0.9149333333333334, 0.9164),
        (0.9207833333333333, 0.9211), (0.9244666666666667, 0.9241), (0.9276666666666666, 0.9295),
        (0.9314833333333333, 0.932), (0.9344666666666667, 0.9355), (0.9368333333333333, 0.9371),
        (0.9388833333333333, 0.9383), (0.9412166666666667, 0.9405), (0.9432666666666667, 0.9432),
        (0.94555, 0.9426), (0.9474333333333333, 0.9454),
    ))
)  # fmt: skip


def find_printed_accuracies(run: Run) -> tuple[PrintedAccuracy, ...]:
    """Return what the chapter prints, where the run has the same data, steps and batches."""
    same = (run.settings.get("steps"), run.settings.get("batch_size")) == (10_000, 100)
    return PRINTED_ACCURACIES if same and run.data.get("complete") is True else ()
