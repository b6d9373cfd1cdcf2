"""The single pieces of the library."""
activation = initializer = layer = loss = metric = optimizer = regularizer = schedule = None
