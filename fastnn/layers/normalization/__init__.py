"""Layers that normalize what passes through them by statistics of it.

scaled          the base of those with a trained scale and offset
axes            checks of an argument that they share
"""
