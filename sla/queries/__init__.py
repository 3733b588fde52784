"""What the pages of standards and calendars show."""
