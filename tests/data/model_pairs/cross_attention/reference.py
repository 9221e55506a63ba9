import keras
from keras import layers


def question_reader(q_len=5, c_len=9, dim=24, heads=4):
    """Question tokens look into the context (both already embedded)."""
    question = keras.Input((q_len, dim), name="question")
    context = keras.Input((c_len, dim), name="context")

    q = layers.LayerNormalization(epsilon=1e-6, name="q_norm")(question)
    c = layers.LayerNormalization(epsilon=1e-6, name="c_norm")(context)
    att = layers.MultiHeadAttention(num_heads=heads, key_dim=dim // heads, name="cross")(q, c)
    x = layers.Add()([question, att])

    h = layers.LayerNormalization(epsilon=1e-6, name="ffn_norm")(x)
    h = layers.Dense(2 * dim, activation="relu", name="ffn_in")(h)
    h = layers.Dense(dim, name="ffn_out")(h)
    x = layers.Add()([x, h])
    answer = layers.Dense(2, name="span")(x)
    return keras.Model([question, context], answer)
