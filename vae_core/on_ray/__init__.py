"""Training on a Ray cluster: Ray Train starts workers, and each runs the command line as torchrun's processes do."""
