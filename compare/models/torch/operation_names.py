"""torch's operations that round nothing, and those whose results tell little of their roundings."""

# They move, select, compare or make numbers.
EXACT = frozenset(
    {"_unsafe_view", "_to_copy", "clone", "contiguous", "copy", "fill", "zero", "detach", "alias"}
    | {"as_strided", "as_strided_copy", "as_strided_scatter", "lift", "lift_fresh", "cat", "stack"}
    | {"relu", "threshold", "threshold_backward", "hardtanh", "hardtanh_backward", "clamp"}
    | {"clamp_min", "clamp_max", "maximum", "minimum", "fmax", "fmin", "max", "min", "amax", "amin"}
    | {"aminmax", "max_pool2d_with_indices", "max_pool3d_with_indices", "adaptive_max_pool2d"}
    | {"adaptive_max_pool3d", "max_unpool2d", "max_unpool3d", "fractional_max_pool2d"}
    | {"gather", "index", "_unsafe_index", "index_select", "index_copy", "index_fill", "embedding"}
    | {"masked_fill", "masked_select", "masked_scatter", "where", "take", "scatter", "put"}
    | {"select_backward", "slice_backward", "select_scatter", "slice_scatter", "diagonal_scatter"}
    | {"diagonal_backward", "unfold_copy", "im2col", "neg", "abs", "sgn", "sign", "floor", "ceil"}
    | {"round", "trunc", "frac", "copysign", "flip", "roll", "rot90", "repeat", "repeat_interleave"}
    | {"tril", "triu", "diag_embed", "constant_pad_nd", "pixel_shuffle", "pixel_unshuffle"}
    | {"channel_shuffle", "reflection_pad1d", "reflection_pad2d", "reflection_pad3d"}
    | {"replication_pad1d", "replication_pad2d", "replication_pad3d", "sort", "topk", "kthvalue"}
    | {"median", "nanmedian", "mode", "cummax", "cummin", "unique_dim", "arange", "linspace", "eye"}
    | {"scalar_tensor", "normal", "uniform", "bernoulli", "native_dropout", "multinomial", "set"}
    | {"isfinite", "nan_to_num", "unsafe_split", "unsafe_split_with_sizes", "split_with_sizes_copy"}
    | {"upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "masked_select_backward"}
    | {"_upsample_nearest_exact1d", "_upsample_nearest_exact2d", "_upsample_nearest_exact3d"}
    | {"convert_element_type", "broadcast_in_dim", "_pack_padded_sequence", "resize", "complex"}
    | {"_pad_packed_sequence", "polar_copy", "view_as_real_copy", "heaviside", "logical_not"}
    | {"nll_loss_backward", "nll_loss2d_backward", "l1_loss_backward", "_conj_physical"}
)
EXACT_PREFIXES = (
    "new_", "empty", "zeros", "ones", "rand", "full", "_local_scalar", "_assert", "sym_", "is_",
)  # fmt: skip
# A quotient looks exact where another order of operations rounds; roots of whole numbers do not.
QUOTIENTS = frozenset({"div", "reciprocal", "rsqrt"})
# Computed by LAPACK and by libraries for Fourier's transform, which see the plain values.
ARGUMENTS_MOVED = (
    "linalg_", "_linalg_", "_fft", "_cholesky", "cholesky", "svd", "triangular_solve",
    "grid_sampler", "_cdist", "_ctc_loss", "mkldnn_rnn", "_thnn", "_trilinear", "ormqr", "geqrf",
    "lu_", "_lu", "stft", "_embedding_bag", "upsample_", "_upsample_",
)  # fmt: skip
