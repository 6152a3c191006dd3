"""Panels, conflicts of interest, score sheets and results."""
