"""Texts as sets of shingles, and sketches of these sets that datasketch reads.

alphabet   what each character is to a comparison: letter, digit, operator, or nothing
kernel     the compiled loops over Arrow buffers (numba; imported late, it takes half a second)
shingles   the functions to call: `tokens`, `shingles`, `signatures`
bands      how many bands of how many rows find the pairs that are wanted
clusters   candidate pairs, exact Jaccard, union-find
"""
