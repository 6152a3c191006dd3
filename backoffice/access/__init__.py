"""Roles, predicates, permissions: who may do what, without a database."""
