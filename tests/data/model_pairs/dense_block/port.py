from keras import Input, Model, layers, ops

BN = dict(momentum=0.9, epsilon=1e-5)
GROWTH = 8


def bn_relu(x, name):
    x = layers.BatchNormalization(**BN, name=name)(x)
    return layers.Activation("relu")(x)


def dense_layer(features, name):
    """features: list of everything produced so far in this block"""
    x = layers.Concatenate()(features) if len(features) > 1 else features[0]
    x = bn_relu(x, name + "_bn1")
    x = layers.Dense(2 * GROWTH, use_bias=False, name=name + "_bottleneck")(x)  # == 1x1 conv
    x = bn_relu(x, name + "_bn2")
    return layers.Conv2D(GROWTH, 3, padding="same", use_bias=False, name=name + "_conv")(x)


def dense_block(x, n_layers, name):
    features = [x]
    for i in range(n_layers):
        features.append(dense_layer(features, f"{name}_{i}"))
    return layers.Concatenate(name=name)(features)


def transition(x, name):
    x = bn_relu(x, name + "_bn")
    # pooling is linear, so do it before the 1x1 projection (4x fewer multiplications)
    x = layers.AveragePooling2D(2)(x)
    return layers.Dense(x.shape[-1] // 2, use_bias=False, name=name + "_reduce")(x)


def densenet(shape=(32, 32, 3), classes=10):
    img = Input(shape)
    x = layers.Conv2D(16, 3, padding="same", use_bias=False, name="conv0")(img)
    x = dense_block(x, 3, "block1")
    x = transition(x, "trans1")
    x = dense_block(x, 3, "block2")
    x = bn_relu(x, "final_bn")
    x = layers.GlobalAvgPool2D()(x)
    x = layers.Dense(classes, name="classifier")(x)
    x = layers.Lambda(lambda t: t - ops.logsumexp(t, axis=-1, keepdims=True), name="log_softmax")(x)
    return Model(img, x)
