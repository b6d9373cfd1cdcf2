"""Views of a model for people: its layers, its formulas and derivatives, and every stage of its compilation."""
