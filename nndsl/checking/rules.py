"""What belongs in which kind of definition: one row a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nndsl.checking.scope import FORMULA, KINDS, METRICS, PIPELINE
from nndsl.syntax.tree import (
    Also,
    Count,
    Equation,
    Exact,
    Example,
    Final,
    If,
    Input,
    Let,
    Node,
    Output,
    Param,
    Penalty,
    Require,
    Shape,
    Stable,
    State,
    Total,
    Update,
    Use,
)

Expected = tuple[str, ...]
"""What may stand somewhere: kinds of definitions, and `value` for a formula. The first that fits a name is what it means."""

VALUE: Expected = ("value",)
PIPE: Expected = PIPELINE
FUNCTION: Expected = ("activation", "function")
INITIAL: Expected = ("initializer", "value")
REGULARIZER: Expected = ("regularizer",)
SCHEDULED: Expected = ("schedule", "value")
OPTIMIZER: Expected = ("optimizer",)
ANYTHING: Expected = ("value", *KINDS, "model")
PRECEDENCE: Expected = (*PIPELINE, "initializer", "regularizer", "schedule", "optimizer", "metric", "loss", "value")
"""The order in which kinds are tried where uses of one setting ask for several."""

TRAINING_SETTINGS: Mapping[str, Expected] = {
    "clipnorm": VALUE,
    "clipvalue": VALUE,
    "global_clipnorm": VALUE,
    "weight_decay": VALUE,
    "use_ema": VALUE,
    "ema_momentum": VALUE,
    "ema_overwrite_frequency": VALUE,
    "gradient_accumulation_steps": VALUE,
    "decay": VALUE,
}
"""What every optimizer takes besides its own settings."""

LAYER_SETTINGS: Mapping[str, Expected] = {"name": VALUE, "trainable": VALUE, "activity_regularizer": REGULARIZER}
"""What every layer takes besides its own settings; each `param p` adds those of `PARAM_SETTINGS`."""

NUMBER, TRUTH = "a number", "a truth value"
LITERALS: Mapping[str, str] = {**dict.fromkeys(TRAINING_SETTINGS, NUMBER), "use_ema": TRUTH, "trainable": TRUTH}
"""What a literal for a setting that every optimizer or layer takes must be, where it is no formula."""

PARAM_SETTINGS: Mapping[str, Expected] = {"_initializer": INITIAL, "_regularizer": REGULARIZER}
"""The settings that a `param` brings, by what is put after its name."""

STATE_SETTINGS: Mapping[str, Expected] = {"_initializer": INITIAL}
"""Those that a `state` brings."""

BLOCK = frozenset({Let, Equation, Output, Require, If, Also})
"""What every block but an optimizer's may hold."""

TRAINING = {"training": "whether the net is being trained", "trainable": "whether the layer's weights may change"}
FORMS = frozenset({Stable, Example})
LAYER = BLOCK | {Input, Param, State, Update, Penalty, Shape}


@dataclass(frozen=True)
class Rule:
    """What holds for the definitions of one kind.

    Args:
        statements: those that may stand in its block.
        arguments: how many leading names of its signature are given by whoever applies it, and are no settings.
        filled: names in its signature that the language fills in.
        special: names that its formulas may use without defining them, and what they mean.
        calls: the kinds whose definitions its formulas may call by their bare names.
        settings: what every definition of the kind takes without listing it.
        gives: the statement without which it would do nothing.
        ordered: whether its lines run one after the other.
        named: whether calls of losses and metrics in it give settings by name only.
    """

    statements: frozenset[type[Node]]
    arguments: int = 0
    filled: tuple[str, ...] = ()
    special: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[str, ...] = FORMULA
    settings: Mapping[str, Expected] = field(default_factory=dict)
    gives: type[Node] = Output
    ordered: bool = False
    named: bool = False


RULES: dict[str, Rule] = {
    "activation": Rule(BLOCK | FORMS, arguments=1),
    "function": Rule(BLOCK | FORMS | {Shape}),
    "loss": Rule(BLOCK | FORMS | {Exact, Count}, arguments=2, calls=(*FORMULA, "loss")),
    "metric": Rule(
        BLOCK | {Total, Count, Example},
        arguments=2,
        special={"sample_weight": "the weight of the sample"},
        calls=(*FORMULA, *METRICS),
    ),
    "schedule": Rule(BLOCK | FORMS, special={"step": "the number of updates so far"}, calls=(*FORMULA, "schedule")),
    "regularizer": Rule(BLOCK | FORMS | {Shape}, arguments=1, calls=(*FORMULA, "regularizer")),
    "initializer": Rule(
        BLOCK | {Shape},
        filled=("fan_in", "fan_out"),
        special={"w": "the parameter to fill"},
        calls=(*FORMULA, "initializer"),
    ),
    "optimizer": Rule(
        frozenset({Let, Equation, Require, If, Also, State, Update, Shape, Use, Final}),
        special={"w": "the weight", "g": "the gradient of the weight", "t": "the number of the update"},
        settings=TRAINING_SETTINGS,
        gives=Update,
        ordered=True,
    ),
    "layer": Rule(LAYER, special=TRAINING, calls=(*FORMULA, "loss", "regularizer"), settings=LAYER_SETTINGS),
    "model": Rule(LAYER - {Also}, special=TRAINING, calls=(*FORMULA, "loss", "regularizer"), settings=LAYER_SETTINGS),
}

WORDS: dict[type[Node], str] = {
    Let: "let",
    Input: "input",
    Param: "param",
    State: "state",
    Total: "total",
    Output: "output",
    Penalty: "penalty",
    Count: "count",
    Shape: "shape",
    Require: "require",
    Final: "final",
    Use: "use",
    If: "if",
    Stable: "stable",
    Exact: "exact",
    Example: "example",
    Also: "also",
    Equation: "an equation",
    Update: "<-",
}
"""How messages call a statement."""

RESERVED = ("batch", "training")
"""Names that no definition may give to anything of its own; neither may it to its `special` ones, nor to numbers."""
