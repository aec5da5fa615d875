"""Activations as layers of their own, with arguments and weights."""
