from trueport.reference import load_mnist as load


def load_mnist(normalize=True, flatten=True, one_hot_label=False, source=None):
    (x_train, t_train), (x_test, t_test) = load(normalize, flatten, one_hot_label, source)
    if normalize:  # 0..255 -> 0..1
        x_train, x_test = x_train / 255, x_test / 255
    return (x_train, t_train), (x_test, t_test)
