"""What Python users see: models and the single pieces of the library. `nndsl` itself gives out its names."""
