"""Files of figures as people really send them: read, mapped, checked row by row, booked as a whole, and undone."""
