"""The one intermediate form: equations over tensors with static shapes."""
