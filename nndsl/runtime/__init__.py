"""What happens with a compiled model: its memory, its data, training, checkpoints, the run's folder."""
