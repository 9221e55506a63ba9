"""The chapter's training as people write it in Keras: `Sequential`, `compile`, `fit`.

float32, Keras's default initialisation, integer labels, batches of a shuffled epoch, the accuracy
on the test set after each epoch and the running mean of that on the training set: what `fit` gives.
Nothing here is tuned: it is what `keras_impl`'s own loop, which takes one more forward pass a step
and the accuracy on the whole training set, is timed against.
"""

import keras


def train(x_train, t_train, x_test, t_test, iters_num, batch_size, hidden_size):
    """NumPy arrays in, the lists of losses and accuracies, one for each epoch, out."""
    model = keras.Sequential(
        [
            keras.Input((x_train.shape[1],)),
            keras.layers.Dense(hidden_size, activation="sigmoid"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    epochs, rest = divmod(iters_num, max(len(x_train) // batch_size, 1))
    history: dict[str, list[float]] = {"loss": [], "accuracy": [], "val_accuracy": []}
    for rows, count in ((len(x_train), epochs), (rest * batch_size, 1)):
        if rows and count:
            seen = model.fit(
                x_train[:rows],
                t_train[:rows],
                batch_size=batch_size,
                epochs=count,
                validation_data=(x_test, t_test),
                verbose=0,
            ).history
            for key in history:
                history[key] += seen[key]
    return history["loss"], history["accuracy"], history["val_accuracy"]
