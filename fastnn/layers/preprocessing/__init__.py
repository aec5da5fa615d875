"""Layers that prepare features: shifts and scales, bins, vocabularies, hashes.

encoding        output modes, as every layer of categories has them
categorical     their base
lookup          the base of those that have a vocabulary
hashes          the hash functions
"""
