"""Advice on models that are right but will hardly learn, each finding with reason and remedy; how two models differ."""
