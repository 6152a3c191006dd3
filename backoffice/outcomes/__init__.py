"""Measures with unit, period, scope, evidence and edition; historic figures and their wording."""
