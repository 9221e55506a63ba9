"""What the five documents of `../shared/chapter` say and print, as one table.

`ROWS` are calls of the twins; `chapter_worker` has one twin compute them all. `AS_PRINTED` is the
documents' own code where it contradicts the other documents, or itself; it runs in NumPy.
"""

from dataclasses import dataclass

# Document 004 prints W to 8 decimals, so each entry may be 5e-9 off; through x = (0.6, 0.9) and a
# softmax that is at most 1.5e-8 in a score, a loss or a gradient, and 5e-9 for the printed value.
PRINTED_W = 2e-8


@dataclass(frozen=True)
class Row:
    """document: 000 to 004, several where they agree. section: of the chapter. call: an expression
    over a twin's names and those of
    `chapter_worker.names`. printed: the document's output; where the document
    prints none, the value that the book or arithmetic gives. note: what the documents contradict,
    or leave open, and what we do. within: absolute distance allowed, 0 for every printed digit.
    largest: the largest term of a sum that cancels: a last place is that of this term. whole: the
    row needs the 60,000 digits.
    """

    document: str
    section: str
    call: str
    printed: str
    note: str = ""
    within: float = 0.0
    largest: float = 0.0
    whole: bool = False


# Document 003: numerical_diff of 0.01 x^2 + 0.1 x over np.linspace(-1, 1, 100).
DERIVATIVE = """
array([0.08      , 0.08040404, 0.08080808, 0.08121212, 0.08161616,
       0.0820202 , 0.08242424, 0.08282828, 0.08323232, 0.08363636,
       0.0840404 , 0.08444444, 0.08484848, 0.08525253, 0.08565657,
       0.08606061, 0.08646465, 0.08686869, 0.08727273, 0.08767677,
       0.08808081, 0.08848485, 0.08888889, 0.08929293, 0.08969697,
       0.09010101, 0.09050505, 0.09090909, 0.09131313, 0.09171717,
       0.09212121, 0.09252525, 0.09292929, 0.09333333, 0.09373737,
       0.09414141, 0.09454545, 0.09494949, 0.09535354, 0.09575758,
       0.09616162, 0.09656566, 0.0969697 , 0.09737374, 0.09777778,
       0.09818182, 0.09858586, 0.0989899 , 0.09939394, 0.09979798,
       0.10020202, 0.10060606, 0.1010101 , 0.10141414, 0.10181818,
       0.10222222, 0.10262626, 0.1030303 , 0.10343434, 0.10383838,
       0.10424242, 0.10464646, 0.10505051, 0.10545455, 0.10585859,
       0.10626263, 0.10666667, 0.10707071, 0.10747475, 0.10787879,
       0.10828283, 0.10868687, 0.10909091, 0.10949495, 0.10989899,
       0.11030303, 0.11070707, 0.11111111, 0.11151515, 0.11191919,
       0.11232323, 0.11272727, 0.11313131, 0.11353535, 0.11393939,
       0.11434343, 0.11474747, 0.11515152, 0.11555556, 0.1159596 ,
       0.11636364, 0.11676768, 0.11717172, 0.11757576, 0.1179798 ,
       0.11838384, 0.11878788, 0.11919192, 0.11959596, 0.12      ])
"""

ROWS = [
    # 4.2.1 sum of squares
    Row("000 001 004", "4.2.1", "sum_squares_error(y_right, t_two)", "0.09750000000000003"),
    Row("000 001 004", "4.2.1", "sum_squares_error(y_wrong, t_two)", "0.5975"),
    Row("003", "4.2.1", "sum_squares_error(array([1, 2, 3]), array([3, 4, 7]))", "12.0",
        "003 defines the mean, (1/n) sum, which is 24/3 = 8 here, and prints half the sum"),
    Row("002 003", "4.2.1", "[has('sum_square_error'), has('mean_squared_error')]",
        "[False, False]",
        "002 and 003 have names of their own; ours is that of 000, 001 and 004"),
    # 4.2.2 cross-entropy
    Row("000 001 004", "4.2.2", "cross_entropy_error(y_right, t_two)", "0.510825457099338"),
    Row("000 001 004", "4.2.2", "cross_entropy_error(y_wrong, t_two)", "2.302584092994546"),
    Row("003", "4.2.2", "cross_entropy_error(array([0, 2, 3, 8, 9]), array([3, 4, 7, 8, 9]))",
        "1.4808580471604245",
        "003's y are no probabilities and its t no one-hot: the formula alone is checked, with the "
        "0 in y that only the 1e-7 keeps from infinity", largest=48.35),
    Row("000 001 002 003 004", "4.2.2", "cross_entropy_error(array([0.0, 1.0]), array([1, 0]))",
        "16.11809565095832", "-log(1e-7): the delta is added; a log that is clipped or fused with "
        "the softmax is another function"),
    # 4.2.3 mini-batches
    Row("000 002 004", "4.2.3", "[shape(a) for a in whole_mnist()[0]]",
        "[(60000, 784), (60000, 10)]",
        "001 has (60000, 784) for t_train in a comment: an error, the labels are (60000, 10)",
        whole=True),
    Row("004", "4.2.3", "[shape(a) for a in whole_mnist()[1]]", "[(10000, 784), (10000, 10)]",
        whole=True),
    Row("002", "4.2.3", "[shape(rows(a, batch_masks(4000, 10, 1)[0])) for a in digits()[0]]",
        "[(10, 784), (10, 10)]"),
    Row("001", "4.2.3", "shape(batch_masks(60000, 10, 1))", "(1, 10)",
        "001 draws 10 of 60,000 and prints none; one call of ours draws for every step"),
    Row("001 004", "4.2.3", "repeats(batch_masks(5, 5, 50, seed=0))", "True",
        "np.random.choice draws with replacement, so a batch may hold a sample twice"),
    Row("000 004", "4.2.3", "pixel_range(load_mnist(source='embedded'))", "['float32', 0.0, 1.0]",
        "004 forgets to divide by 255; 000, 001 and 002 have normalize=True, and so have we"),
    Row("004", "4.2.3", "pixel_range(load_mnist(normalize=False, source='embedded'))",
        "['uint8', 0.0, 255.0]", "the pixels of 004, for those who want them"),
    Row("004", "4.2.3", "[str(array_of(one_hot(array([3, 7])))[0, 3]), shape(one_hot(array([3])))]",
        "['1.0', (1, 10)]",
        "pandas' get_dummies leaves booleans, in as many columns as it has seen classes; ours are "
        "numbers, and always 10 columns"),
    # 4.2.4 cross-entropy of a batch
    Row("000 001 004", "4.2.4", "cross_entropy_error(y_both, t_both)", "1.406704775046942",
        "the mean over the batch of the two values above: 000's and 001's first form is the sum"),
    Row("000 001 004", "4.2.4", "cross_entropy_error(y_both, array([2, 2]))", "1.406704775046942",
        "the documents have one function for one-hot and one for labels; ours takes both"),
    Row("000 001", "4.2.4", "cross_entropy_error(y_right, array(2))", "0.510825457099338",
        "one sample, one label: the documents' t.reshape(1, t.size) gives the same"),
    Row("004", "4.2.4", "cross_entropy_error(y_right, t_two)", "0.510825457099338",
        "004 asks y.dim == 1, which NumPy does not have; a sample alone is taken here"),
    Row("004", "4.2.4", "cross_entropy_error(y_five, array([2, 7, 0, 9, 4]))", "2.302584092994546",
        "004's example y[np.arange(5), t], every picked y being 0.1"),
    Row("004", "4.2.4", "cross_entropy_error(y_both, array([2, 10]))",
        "ValueError: labels must lie in 0..9 (got 10 at index 1)", "NumPy says IndexError, and "
        "takes -1 for the last class without a word"),
    # 4.3.1 numerical differentiation
    Row("001", "4.3.1", "forward_diff(function_1, 5)", "0.0",
        "001's wrong example has the name of the right one; ours is forward_diff"),
    Row("001", "4.3.1", "forward_diff(function_1, 10, h=10e-50)", "0.0"),
    Row("001 003", "4.3.1", "float32(1e-50)", "0.0"),
    Row("003", "4.3.1", "numerical_diff(function_1, array(LINSPACE))", DERIVATIVE),
    # 4.3.2 its example
    Row("001", "4.3.2", "numerical_diff(function_1, 5)", "0.1999999999990898",
        "001 prints nothing; this is the book's value"),
    Row("001", "4.3.2", "numerical_diff(function_1, 10)", "0.2999999999986347",
        "001 prints nothing; this is the book's value"),
    Row("001", "4.3.2", "shape(function_1(array(np.arange(0.0, 20.0, 0.1))))", "(200,)",
        "001 plots function_1 over these"),
    # 4.3.3 partial derivatives
    Row("001 004", "4.3.3", "numerical_diff(function_tmp1, 3.0)", "6.00000000000378"),
    Row("001", "4.3.3", "numerical_diff(function_tmp2, 4.0)", "7.999999999999119",
        "001 prints nothing; this is the book's value"),
    Row("001 004", "4.3.3", "round(number(partial_diff(function_2, array([3.0, 4.0]), 0)), 8)",
        "6.0"),
    # 4.4 gradient
    Row("001 004", "4.4", "numerical_gradient(function_2, array([3.0, 4.0]))", "array([6., 8.])"),
    Row("001", "4.4", "numerical_gradient(function_2, array([0.0, 2.0]))", "array([0., 4.])"),
    Row("001", "4.4", "numerical_gradient(function_2, array([3.0, 0.0]))", "array([6., 0.])"),
    Row("001", "4.4", "numerical_gradient(sum_of_squares, array([3.0, 4.0]))", "array([6., 8.])",
        "001's function_2 is np.sum(x ** 2), 004's x[0] ** 2 + x[1] ** 2: the same function"),
    Row("001 004", "4.4", "shape(numerical_gradient(sum_of_squares, array([[1.0, 2.0, 3.0]])))",
        "(1, 3)", "the documents' range(x.size) walks off the first axis of a matrix; 4.4.2 needs "
        "matrices, and ours takes any shape"),
    Row("001 004", "4.4", "numerical_gradient(function_2, array([3, 4]))", "TypeError: x must be a",
        "in an integer array the documents' code gives [25000 35000] without a word"),
    Row("001 004", "4.4", "left_as_it_was(numerical_gradient)", "True"),
    # 4.4.1 gradient descent
    Row("001", "4.4.1", "has('gradient_desent')", "False", "001's spelling; 004's is ours"),
    Row("001 004", "4.4.1", "gradient_descent(function_2, array([-3.0, 4.0]), lr=0.1)",
        "array([-6.11110793e-10,  8.14814391e-10])"),
    Row("001 004", "4.4.1", "gradient_descent(function_2, array([-3.0, 4.0]), lr=10.0)",
        "[-2.58983747e+13 -1.29524862e+12]"),
    Row("001 004", "4.4.1", "gradient_descent(function_2, array([-3.0, 4.0]), lr=1e-10)",
        "[-2.99999994  3.99999992]"),
    Row("001 004", "4.4.1", "left_as_it_was(gradient_descent)", "True",
        "the documents' x = init_x is the array itself, which the descent changes"),
    Row("001 004", "4.4.1", "second_descent()", "[-2.58983747e+13 -1.29524862e+12]",
        "with lr=10.0 after lr=0.1 on one and the same array; see AS_PRINTED"),
    Row("004", "4.4.1", "shape(gradient_descent(function_2, array([-3.0, 4.0]), 0.1, 20, True)[1])",
        "(21, 2)", "the path for the book's figure 4.10"),
    # 4.4.2 the gradient of a network
    Row("004", "4.4.2", "has('simpleNet')", "False", "004's spelling; ours is SimpleNet"),
    Row("004", "4.4.2", "shape(SimpleNet().W)", "(2, 3)", "004 draws unseeded: any W will do"),
    Row("004", "4.4.2", "simple_net().predict(array([0.6, 0.9]))",
        "[ 0.82263473 -0.13474467 -1.80975762]", "W is as printed", PRINTED_W),
    Row("004", "4.4.2", "argmax(simple_net().predict(array([0.6, 0.9])))", "0"),
    Row("004", "4.4.2", "simple_net().loss(array([0.6, 0.9]), array([0, 0, 1]))",
        "3.0079485436571267", "W is as printed, to 8 decimals: so is the loss", PRINTED_W),
    Row("004", "4.4.2", "simple_net_gradient()",
        "array([[0.4121426, 0.15822056, -0.57036316], [0.6182139, 0.23733084, -0.85554475]])",
        "of the same W, x and t: f(W) ignores its argument and sees net.W change", PRINTED_W),
    # 4.5.1 the network
    Row("002 004", "4.5.1", "{k: shape(p) for k, p in TwoLayerNet(784, 50, 10).params.items()}",
        "{'W1': (784, 50), 'b1': (50,), 'W2': (50, 10), 'b2': (10,)}",
        "002 breaks off in the middle of this line; 004 has the class whole"),
    Row("002 004", "4.5.1", "initial_weights(TwoLayerNet(784, 50, 10, seed=0))",
        "[0.01, 0.0, 0.01, 0.0]", "standard deviation to two decimals"),
    Row("004", "4.5.1", "[shape(net().predict(array(a))) for a in (np.ones((5, 4)), np.ones(4))]",
        "[(5, 3), (3,)]"),
    Row("004", "4.5.1", "net().accuracy(X, one_hot(T, 3)) == net().accuracy(X, T)", "True",
        "004's accuracy takes one-hot labels alone; ours takes both"),
    Row("004", "4.5.1", "type(net().accuracy(X, T)).__name__", "'float'"),
    Row("004", "4.5.1", "gradients_agree(net(), X, T)", "True",
        "004 calls network.gradient and leaves it to the next chapter; ours is the exact "
        "derivative of 004's loss, epsilon included"),
    Row("004", "4.5.1", "gradients_agree(net(), X, one_hot(T, 3))", "True"),
    # 4.5.2 and 4.5.3 training
    Row("004", "4.5.2", "logged_loss_is_after_the_update()", "True",
        "the loss that 004 logs is that of the batch just used, after the update"),
    Row("004", "4.5.3", "len(smaller_run()['train_acc_list'])", "17",
        "004 prints 17 lines for 10,000 steps with one in 600; here 100 and 6"),
    Row("004", "4.5.3", "smaller_run()['accuracy_steps'][:3]", "[1, 7, 13]",
        "004 counts i from 0, so the first line is after one step"),
    Row("004", "4.5.3", "[round(acc, 1) for acc in digits_run()['test_acc_list']]", "[0.1, 0.8]",
        "004 prints 0.0957 after one step and 0.7953 after 601, of unseeded draws on 60,000 "
        "digits; here the same run on the embedded 4,000, to one decimal"),
    Row("004", "4.5.3", "falls(digits_run()['train_loss_list'])", "True"),
]  # fmt: skip


@dataclass(frozen=True)
class Printed:
    """The documents' own code. setup and call run in NumPy; outcome is what comes of it."""

    document: str
    section: str
    setup: str
    call: str
    outcome: str
    note: str


CEE_004 = """
def cross_entropy_error(y, t):
    if y.dim == 1:
        t = t.reshape(1, t.size)
        y = y.reshape(1, y.size)
    batch_size = y.shape[0]
    return -np.sum(t * np.log(y + 1e-7)) / batch_size
"""
GRADIENT = """
def function_2(x):
    return x[0] ** 2 + x[1] ** 2
def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in range(x.size):
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2*h)
        x[idx] = tmp_val
    return grad
def gradient_descent(f, init_x, lr = 0.01, step_num = 100):
    x = init_x
    for i in range(step_num):
        grad = numerical_gradient(f, x)
        x -= lr*grad
    return x
init_x = np.array([-3.0, 4.0])
"""

AS_PRINTED = [
    Printed("004", "4.2.4", CEE_004, "cross_entropy_error(np.array([0.5, 0.5]), np.array([1, 0]))",
            "AttributeError: 'numpy.ndarray' object has no attribute 'dim'", "ndim is meant"),
    Printed("004", "4.2.3", "import pandas as pd",
            "np.array(pd.get_dummies(pd.Series([3, 7]))).dtype", "bool",
            "right where it multiplies, but y - t of booleans is an error"),
    Printed("004", "4.2.3", "import pandas as pd",
            "np.array(pd.get_dummies(pd.Series([3, 7]))).shape", "(2, 2)",
            "a batch without every class has fewer columns"),
    Printed("001 004", "4.4", GRADIENT, "numerical_gradient(function_2, np.array([3, 4]))",
            "[25000 35000]", "[6 8] is right; x + h is x in integers"),
    Printed("001 004", "4.4", GRADIENT, "numerical_gradient(np.sum, np.ones((1, 3)))",
            "IndexError: index 1 is out of bounds for axis 0 with size 1", "1-D x only"),
    Printed("001 004", "4.4.1", GRADIENT + "gradient_descent(function_2, init_x, lr=0.1)",
            "init_x", "[-6.11110793e-10  8.14814391e-10]", "init_x is changed"),
    Printed("001 004", "4.4.1", GRADIENT + "gradient_descent(function_2, init_x, lr=0.1)",
            "gradient_descent(function_2, init_x, lr=10.0)", "[ 2.34235971e+12 -3.96091057e+12]",
            "the answer that notebooks record where the cell that sets init_x is left out"),
    Printed("003", "4.2.1", "y, t = np.array([1, 2, 3]), np.array([3, 4, 7])",
            "[float(np.mean((y - t) ** 2)), 0.5 * float(np.sum((y - t) ** 2))]", "[8.0, 12.0]",
            "the mean that 003's formula shows and the half sum that its code computes"),
    Printed("004", "4.5.3", "accuracies = [i for i in range(10000) if i % (60000 / 100) == 0]",
            "len(accuracies)", "17", "the lines that 004 prints; a float for a step is all right"),
]  # fmt: skip
