"""From programs to Python source: loop nests, rows of operations, the generated module."""
