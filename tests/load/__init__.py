"""The closing hour: many applicants at once against one process."""
