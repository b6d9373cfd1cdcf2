"""What can be told of a single definition: its formula, derivative, kinks, and how far its slope ranges."""
