"""Reads the QR codes of a scanned paper, in a program of its own that knows nothing else."""

from documents.scans.reader import BadScan, codes_of

__all__ = ["BadScan", "codes_of"]
