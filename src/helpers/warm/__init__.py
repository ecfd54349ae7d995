"""Warm kernels: forked from a process that has the heavy imports behind it."""
