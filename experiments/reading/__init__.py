"""Stored runs -> numbers with their intervals, and sentences."""
