"""Exchange events: guests and their wishes, the 1:1 timetable, attendance, and the meetings that follow."""
