"""Performance reports: figures, charts, snapshots and the one door to PDF."""
