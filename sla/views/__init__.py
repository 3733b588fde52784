"""Pages of service standards and calendars."""
