"""The chapter's training as people write it in Keras: `Sequential`, `compile`, `fit`.

float32, Keras's default initialisation, integer labels. `train` logs what `fit` gives: batches of a
shuffled epoch, the accuracy on the test set after each epoch and the running mean of that on the
training set. `train_and_log` logs what the chapter logs: the loss after each update, and both
accuracies once an epoch. Nothing here is tuned.
"""

import keras
import numpy as np


def make_model(input_size, hidden_size):
    model = keras.Sequential(
        [
            keras.Input((input_size,)),
            keras.layers.Dense(hidden_size, activation="sigmoid"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train(x_train, t_train, x_test, t_test, iters_num, batch_size, hidden_size):
    """NumPy arrays in, the lists of losses and accuracies, one for each epoch, out."""
    model = make_model(x_train.shape[1], hidden_size)
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


def train_and_log(x_train, t_train, x_test, t_test, iters_num, batch_size, hidden_size):
    """NumPy arrays in, the lists of losses, one for each step, and accuracies, out."""
    model = make_model(x_train.shape[1], hidden_size)
    iter_per_epoch = max(len(x_train) // batch_size, 1)
    train_loss_list, train_acc_list, test_acc_list = [], [], []

    for i in range(iters_num):
        batch_mask = np.random.choice(len(x_train), batch_size)
        x_batch, t_batch = x_train[batch_mask], t_train[batch_mask]
        model.train_on_batch(x_batch, t_batch)
        model.reset_metrics()
        train_loss_list.append(float(model.test_on_batch(x_batch, t_batch)[0]))
        model.reset_metrics()
        if i % iter_per_epoch == 0:
            train_acc_list.append(model.evaluate(x_train, t_train, batch_size=1000, verbose=0)[1])
            test_acc_list.append(model.evaluate(x_test, t_test, batch_size=1000, verbose=0)[1])
    return train_loss_list, train_acc_list, test_acc_list
