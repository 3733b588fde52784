"""E-mail, by any SMTP server (or the demo's mailbox)."""
