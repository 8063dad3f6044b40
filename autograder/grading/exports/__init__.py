"""What other systems read: grades for Canvas, Moodle and Gradescope."""
