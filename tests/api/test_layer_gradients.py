"""Every layer of the library, with settings that reach its branches: gradients against differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from layer_slopes import apart, assert_gradients
from library import definitions
from plain_module import plain_module

import nndsl
from nndsl import cache
from nndsl.inspect.doc.weights import weights
from nndsl.syntax.tree import Definition

Case = tuple[dict[str, Any], tuple[tuple[int, ...], ...]]
"""Settings, and the shape of each input per sample."""

LINE, STEPS, IMAGE, VOLUME = (5,), (6, 4), (5, 6, 4), (3, 4, 3, 2)

CASES: dict[str, list[Case]] = {
    "dense": [({"units": 3, "activation": "tanh"}, (STEPS,)), ({"units": 3, "use_bias": False}, (LINE,))],
    "activation": [({"activation": "gelu"}, (STEPS,))],
    "residual": [({"f": nndsl.layer("dense", 5, activation="tanh")}, (LINE,))],
    "time_distributed": [({"layer": nndsl.layer("dense", 3, activation="tanh")}, (STEPS,)),
                         ({"layer": nndsl.layer("conv2d", 2, 2)}, ((2, 4, 4, 2),))],
    "embedding": [({"input_dim": 7, "output_dim": 3}, ((4,),)), ({"input_dim": 7, "output_dim": 3}, ((2, 3),))],
    "rescaling": [({"scale": 0.5, "offset": 2}, (LINE,))],
    "activity_regularization": [({"l1": 0.1, "l2": 0.2}, (LINE,))],
    "dropout": [({"rate": 0.3}, (STEPS,))],
    "spatial_dropout1d": [({"rate": 0.3}, (STEPS,))],
    "spatial_dropout2d": [({"rate": 0.3}, (IMAGE,))],
    "spatial_dropout3d": [({"rate": 0.3}, (VOLUME,))],
    "gaussian_noise": [({"stddev": 0.3}, (STEPS,))],
    "gaussian_dropout": [({"rate": 0.3}, (STEPS,))],
    "relu": [({"max_value": 1.15, "negative_slope": 0.1, "threshold": 0.013}, (LINE,))],
    "leaky_relu": [({}, (LINE,))],
    "elu": [({"alpha": 0.7}, (LINE,))],
    "softmax": [({}, (STEPS,)), ({"axis": 1}, (STEPS,))],
    "prelu": [({}, (IMAGE,)), ({"shared_axes": [1, 2]}, (IMAGE,)), ({"shared_axes": [1]}, (STEPS,))],
    "einsum_dense": [({"equation": "abc,cde->abde", "output_shape": [None, 2, 3], "bias_axes": "be", "activation": "tanh"},
                      (STEPS,)),
                     ({"equation": "ab...,bc->a...c", "output_shape": 3, "bias_axes": "c"}, (IMAGE,)),
                     ({"equation": "...x,xy->...y", "output_shape": 3}, (IMAGE,))],
    "flatten": [({}, (IMAGE,))],
    "reshape": [({"target_shape": [4, -1]}, (STEPS,))],
    "permute": [({"dims": [3, 1, 2]}, (IMAGE,))],
    "repeat_vector": [({"n": 3}, (LINE,))],
    "zero_padding1d": [({"padding": [2, 1]}, (STEPS,))],
    "zero_padding2d": [({"padding": [[1, 2], [0, 3]]}, (IMAGE,)), ({"padding": [1, 2]}, (IMAGE,))],
    "zero_padding3d": [({"padding": [[1, 0], [2, 1], [0, 1]]}, (VOLUME,))],
    "cropping1d": [({"cropping": [1, 2]}, (STEPS,))],
    "cropping2d": [({"cropping": [[1, 2], [0, 3]]}, (IMAGE,))],
    "cropping3d": [({"cropping": [[1, 0], [2, 1], [0, 1]]}, (VOLUME,))],
    "up_sampling1d": [({"size": 3}, (STEPS,))],
    "up_sampling2d": [({"size": [2, 3]}, (IMAGE,))],
    "up_sampling3d": [({"size": [2, 1, 3]}, (VOLUME,))],
    "add": [({}, (STEPS,) * 3)],
    "subtract": [({}, (STEPS,) * 2)],
    "multiply": [({}, (STEPS,) * 3)],
    "average": [({}, (STEPS,) * 3)],
    "maximum": [({}, (STEPS,) * 3)],
    "minimum": [({}, (STEPS,) * 3)],
    "concatenate": [({}, ((2, 3), (2, 1), (2, 2))), ({"axis": 1}, ((2, 3), (1, 3)))],
    "dot": [({"axes": 1}, (LINE, LINE)), ({"axes": 1, "normalize": True}, (LINE, LINE)),
            ({"axes": [2, 1], "normalize": True}, (STEPS, (4, 3))), ({"axes": [1, 1]}, (STEPS, (6,))),
            ({"axes": [1, 2]}, ((4,), STEPS))],
    "conv1d": [({"filters": 3, "kernel_size": 2, "dilation_rate": 2, "padding": "causal"}, (STEPS,)),
               ({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "groups": 2, "activation": "tanh"},
                (STEPS,))],
    "conv2d": [({"filters": 3, "kernel_size": [2, 3], "strides": [2, 1], "padding": "same", "activation": "tanh"}, (IMAGE,)),
               ({"filters": 6, "kernel_size": 2, "dilation_rate": [1, 2], "groups": 2, "use_bias": False}, (IMAGE,))],
    "conv3d": [({"filters": 2, "kernel_size": [2, 3, 2], "padding": "same", "dilation_rate": [1, 1, 2]}, (VOLUME,)),
               ({"filters": 2, "kernel_size": 2, "strides": [1, 2, 1], "groups": 2, "use_bias": False}, (VOLUME,))],
    "depthwise_conv1d": [({"kernel_size": 3, "depth_multiplier": 2, "padding": "causal", "dilation_rate": 2}, (STEPS,))],
    "depthwise_conv2d": [({"kernel_size": 3, "strides": 2, "depth_multiplier": 2, "padding": "same"}, (IMAGE,)),
                         ({"kernel_size": 2, "dilation_rate": 2, "use_bias": False}, (IMAGE,))],
    "separable_conv1d": [({"filters": 3, "kernel_size": 3, "depth_multiplier": 2, "padding": "same"}, (STEPS,))],
    "separable_conv2d": [({"filters": 3, "kernel_size": 3, "depth_multiplier": 2, "strides": 2, "padding": "same"}, (IMAGE,)),
                         ({"filters": 3, "kernel_size": 2, "use_bias": False}, (IMAGE,))],
    "conv1d_transpose": [({"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}, (STEPS,)),
                         ({"filters": 3, "kernel_size": 2, "strides": 3, "dilation_rate": 1, "use_bias": False}, (STEPS,))],
    "conv2d_transpose": [({"filters": 3, "kernel_size": [3, 4], "strides": 2, "padding": "same"}, ((3, 2, 4),)),
                         ({"filters": 3, "kernel_size": 2, "strides": [1, 3], "output_padding": 1}, ((3, 2, 4),)),
                         ({"filters": 2, "kernel_size": 3, "dilation_rate": 2, "use_bias": False}, ((3, 2, 4),))],
    "conv3d_transpose": [({"filters": 2, "kernel_size": [2, 3, 2], "strides": [1, 2, 2], "padding": "same"}, ((2, 3, 2, 2),))],
    "max_pooling1d": [({"pool_size": 3, "strides": 2, "padding": "same"}, (STEPS,))],
    "max_pooling2d": [({"pool_size": [3, 2], "strides": 2, "padding": "same"}, (IMAGE,)), ({}, (IMAGE,))],
    "max_pooling3d": [({"pool_size": [2, 3, 2], "strides": [1, 2, 2], "padding": "same"}, (VOLUME,))],
    "average_pooling1d": [({"pool_size": 3, "strides": 2, "padding": "same"}, (STEPS,)), ({}, (STEPS,))],
    "average_pooling2d": [({"pool_size": [3, 2], "strides": 2, "padding": "same"}, (IMAGE,)), ({}, (IMAGE,))],
    "average_pooling3d": [({"pool_size": [2, 3, 2], "strides": [1, 2, 2], "padding": "same"}, (VOLUME,))],
    "global_max_pooling1d": [({}, (STEPS,)), ({"keepdims": True}, (STEPS,))],
    "global_max_pooling2d": [({}, (IMAGE,)), ({"keepdims": True}, (IMAGE,))],
    "global_max_pooling3d": [({}, (VOLUME,)), ({"keepdims": True}, (VOLUME,))],
    "global_average_pooling1d": [({}, (STEPS,)), ({"keepdims": True}, (STEPS,))],
    "global_average_pooling2d": [({}, (IMAGE,)), ({"keepdims": True}, (IMAGE,))],
    "global_average_pooling3d": [({}, (VOLUME,)), ({"keepdims": True}, (VOLUME,))],
    "batch_normalization": [({}, (STEPS,)), ({"axis": 1, "scale": False}, (IMAGE,)), ({"center": False}, (LINE,))],
    "layer_normalization": [({}, (STEPS,)), ({"axis": 1, "scale": False}, (IMAGE,)), ({"center": False}, (LINE,))],
    "group_normalization": [({"groups": 2}, (IMAGE,)), ({"groups": 3, "axis": 2, "scale": False}, (IMAGE,)),
                            ({"groups": -1, "center": False}, (STEPS,))],
    "rms_normalization": [({}, (STEPS,)), ({"axis": 1}, (IMAGE,))],
    "unit_normalization": [({}, (STEPS,)), ({"axis": 1}, (IMAGE,))],
    "multi_head_attention": [({"num_heads": 2, "key_dim": 3, "value_dim": 2, "dropout": 0.2}, ((4, 3), (5, 2), (5, 4))),
                             ({"num_heads": 2, "key_dim": 3, "use_bias": False, "use_causal_mask": True, "output_shape": 5},
                              (STEPS, (5, 2)))],
    "attention": [({"use_scale": True, "dropout": 0.2}, ((4, 3), (5, 2), (5, 3))),
                  ({"score_mode": "concat", "use_scale": True, "use_causal_mask": True}, ((4, 3), (5, 3))),
                  ({"score_mode": "concat", "return_attention_scores": True}, ((4, 3), (5, 3)))],
    "additive_attention": [({"use_causal_mask": True}, ((4, 3), (5, 3))),
                           ({"use_scale": False, "dropout": 0.2, "return_attention_scores": True}, ((4, 3), (5, 2), (5, 3)))],
    "simple_rnn": [({"units": 3}, (STEPS,)),
                   ({"units": 3, "use_bias": False, "return_sequences": True, "go_backwards": True}, (STEPS,))],
    "lstm": [({"units": 3, "return_state": True}, (STEPS,)),
             ({"units": 3, "unit_forget_bias": False, "return_sequences": True, "go_backwards": True}, (STEPS,))],
    "gru": [({"units": 3, "return_state": True}, (STEPS,)),
            ({"units": 3, "reset_after": False, "return_sequences": True, "use_bias": False}, (STEPS,))],
    "bidirectional": [({"layer": nndsl.layer("gru", 3, return_sequences=True)}, (STEPS,)),
                      ({"layer": nndsl.layer("simple_rnn", 3), "merge_mode": "ave"}, (STEPS,))],
    "positional_encoding": [({}, (STEPS,))],
    "position_embedding": [({}, (STEPS,))],
}

FIRST: dict[str, str] = {"data_format": "channels_first"}

SETTINGS: dict[str, list[Case]] = {
    "simple_rnn": [({"units": 3, "dropout": 0.3, "recurrent_dropout": 0.4}, (STEPS,))],
    "lstm": [({"units": 3, "dropout": 0.3, "recurrent_dropout": 0.4, "return_sequences": True}, (STEPS,))],
    "gru": [({"units": 3, "dropout": 0.3}, (STEPS,)), ({"units": 3, "recurrent_dropout": 0.4, "reset_after": False}, (STEPS,))],
    "multi_head_attention": [({"num_heads": 2, "key_dim": 3, "dropout": 0.2}, ((3, 2, 4), (2, 2, 3))),
                             ({"num_heads": 2, "key_dim": 3, "attention_axes": [2]}, ((2, 3, 4), (2, 4, 3)))],
    "layer_normalization": [({"axis": [1, 3]}, (IMAGE,))],
    "up_sampling2d": [({"size": [2, 3], "interpolation": "bilinear", **FIRST}, (IMAGE,))],
    "dot": [({"axes": [2, 1]}, ((2, 3, 2), (3, 4))), ({"axes": [3, 2]}, ((2, 3, 4), (5, 4, 2)))],
    "conv2d": [({"filters": 4, "kernel_size": 2, "groups": 2, **FIRST}, ((4, 3, 5),))],
    "conv1d_transpose": [({"filters": 3, "kernel_size": 3, "strides": 2, "output_padding": 1, **FIRST}, (STEPS,))],
}
"""More settings, for which what is generated runs in plain Python: compiling takes long."""

LAYERS = list(definitions("layer"))
ALL = [pytest.param(name, case, id=f"{name}-{number}") for name, found in CASES.items() for number, case in enumerate(found)]


def test_no_layer_is_left_out() -> None:
    assert set(CASES) == {definition.name for definition in LAYERS}


@pytest.mark.parametrize("definition", LAYERS, ids=lambda d: d.name)
def test_each_is_documented(definition: Definition) -> None:
    assert definition.documentation.strip()


@pytest.mark.parametrize(("name", "case"), ALL)
def test_gradients(name: str, case: Case) -> None:
    settings, shapes = case
    random = np.random.default_rng(2)
    whole = name == "embedding"
    inputs = [random.integers(0, 7, (3, *s)) if whole else apart(random, (3, *s)) for s in shapes]
    if name in ("maximum", "minimum"):  # the same place of different inputs is compared
        inputs = list(np.moveaxis(apart(random, (3, *shapes[0], len(shapes))), -1, 0))
    assert_gradients(nndsl.layer(name, **settings).build(*shapes), inputs)


@pytest.mark.parametrize(("name", "case"), [pytest.param(name, case, id=f"{name}-{number}") for name, found in SETTINGS.items()
                                            for number, case in enumerate(found)])
def test_gradients_with_more_settings(name: str, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "load_module", lambda artifact: plain_module(cache.module_path(artifact).read_text()))
    settings, shapes = case
    random = np.random.default_rng(2)
    assert_gradients(nndsl.layer(name, **settings).build(*shapes), [apart(random, (3, *s)) for s in shapes])


@pytest.mark.parametrize(("name", "case"), [p for p in ALL if not {"f", "layer"} & p.values[1][0].keys()])
def test_weights_are_as_documented(name: str, case: Case) -> None:
    """What the page of the layers says of weights: their names, order and axes, and which of them are trained."""
    settings, shapes = case
    layer = nndsl.layer(name, **settings).build(*shapes)
    told = weights(next(d for d in LAYERS if d.name == name))
    own = dict(layer.weights)
    assert list(own) == [name for name in dict.fromkeys(w.name for w in told) if name in own]
    assert {w.name for w in told if not w.when} <= set(own)
    for path, value in own.items():
        lines = [w for w in told if w.name == path and w.trained == (path not in layer.state)]
        assert any("..." in w.shape or "einsum" in w.shape or len(value.shape) == w.shape.count(",") + bool(w.shape)
                   for w in lines)
