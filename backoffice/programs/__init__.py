"""Calls for applications, their criteria, and the published versions of workflows."""
