"""The spine: one table for every kind of case, its answers, submissions and attachments."""
