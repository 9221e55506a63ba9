"""The ways of calling that a port may offer alone, as `Case.form` says them."""

ONE_SAMPLE = "one sample"
BATCH = "a batch"
LABELS = "labels as numbers"
INTEGER_ROWS = "one-hot labels as integers"
ONE_LABEL = f"{LABELS}, one sample"
ARRAYS = "an array of points"
MATRIX = "a matrix"
