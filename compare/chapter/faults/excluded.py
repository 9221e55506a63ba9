"""What the catalogue lists and the table does not hold, each with its reason."""

NO_SUCH_LAYER = "The chapter's networks have no such layer."
NO_SUCH_OPTIMIZER = "Plain gradient descent has no such optimizer."
NAMED_FROM_RECORDING = "From a recorded training it is named."

EXCLUDED_FAULTS = {
    "F02": f"Momentum and epsilon of batch normalisation. {NO_SUCH_LAYER}",
    "F03": "The chapter averages no loss over an epoch; a recorded training shows it.",
    "F05": f"Training and evaluation mode of dropout and batch normalisation. {NO_SUCH_LAYER}",
    "F07": f"The rate of dropout. {NO_SUCH_LAYER}",
    "F15": f"Two forms of the GELU. {NO_SUCH_LAYER}",
    "F21": f"The epsilon of RMSprop. {NO_SUCH_OPTIMIZER} {NAMED_FROM_RECORDING}",
    "F36": "Pixels are bytes only until they are divided: the chapter does no arithmetic on them "
    "that could wrap.",
    "F38": f"The epsilon of Adam. {NO_SUCH_OPTIMIZER} {NAMED_FROM_RECORDING}",
    "F40": "The chapter takes no standard deviation of data.",
    "F44": "With one channel another order of axes is another order of rows and columns: F45.",
    "F48": "Memory shared between a port and the truth: the harness hands every port copies, in a "
    "process of its own.",
    "F53": "The chapter does not smooth its labels.",
    "F57": "The harness hands every port its weights and batches, so that no seed matters.",
    "F58": "A port that computes in half precision says so by its dtype, which is no float32.",
    "F69": "Keras finds the scores behind a softmax layer only in its own layers' tensors; the "
    "chapter's loss takes plain arrays.",
    "F73": "The chapter does not weight its classes.",
}
