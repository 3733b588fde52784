"""What is handed over of a ticket: its papers, composed of sections.

A room above, or another part of this one, adds a section to the service report with
``tickets.papers.sections.register_section``.
"""

from tickets.papers.register import register

__all__ = ["register"]
