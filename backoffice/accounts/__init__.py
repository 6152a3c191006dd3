"""People: sign-in, sessions, role grants per zone and period."""
