"""Advice on models that are right but will hardly learn: each finding with its reason in mathematics and its remedy."""
