"""The press as the site sees it: hand it a job, get a PDF or the reason why not."""

from documents.press.press import (
    Job,
    NoPress,
    Press,
    Printed,
    Prints,
    SpoiledJob,
    press,
    why_no_press,
)

__all__ = [
    "Job",
    "NoPress",
    "Press",
    "Printed",
    "Prints",
    "SpoiledJob",
    "press",
    "why_no_press",
]
