"""Question/answer matching on pre-computed word vectors (8-d)."""
import keras
from keras import layers

EMB = 8


def build(q_len=10, a_len=14, dim=24):
    question = keras.Input((q_len, EMB), name="question")
    answer = keras.Input((a_len, EMB), name="answer")

    # common phrase detector ...
    phrase = layers.Conv1D(32, 3, padding="same", activation="relu", name="phrase_conv")
    pool = layers.GlobalMaxPooling1D(name="pool")
    q = pool(phrase(question))
    a = pool(phrase(answer))

    # ... but one projection per side
    q = layers.Dense(dim, activation="tanh", name="question_projection")(q)
    a = layers.Dense(dim, activation="tanh", name="answer_projection")(a)

    product = layers.Multiply(name="product")([q, a])
    difference = layers.Subtract(name="difference")([q, a])
    features = layers.Concatenate(name="features")([q, a, product, difference])
    h = layers.Dense(32, activation="relu", name="match_hidden")(features)
    h = layers.Dropout(0.25, name="match_dropout")(h)
    score = layers.Dense(1, activation="sigmoid", name="match_score")(h)
    return keras.Model([question, answer], score, name="qa_matching")
