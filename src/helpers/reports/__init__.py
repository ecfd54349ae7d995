"""Reports: how the notebooks are re-executed, rendered and laid out for readers."""
