from keras import Sequential, Input
from keras.initializers import RandomNormal
from keras.layers import Dense, Dropout, Embedding, GlobalAveragePooling1D


def create_fasttext(vocab_size=12, embedding_dims=32, hidden=48, num_classes=4):
    """fastText-like classifier over padded token ids (0 = padding)."""
    model = Sequential([
        Input((None,), dtype="int32"),
        Embedding(vocab_size, embedding_dims, mask_zero=True, embeddings_initializer=RandomNormal(stddev=0.5), name="embedding"),
        GlobalAveragePooling1D(name="avg"),
        Dense(hidden, activation="relu", name="hidden"),
        Dropout(0.4),
        Dense(num_classes, activation="softmax", name="probs"),
    ])
    return model
