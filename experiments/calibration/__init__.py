"""Fits of a case: targets, the two modules, and what the fit is worth."""
