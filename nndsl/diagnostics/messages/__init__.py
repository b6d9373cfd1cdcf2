"""The rows of the catalogue that fill a file of their own, one file a family of mistakes."""
