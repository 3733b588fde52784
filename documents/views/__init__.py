"""Pages about papers: their list on a subject's page, the files, the public check."""

from documents.views.check import check
from documents.views.papers import again, download, make, open_paper, papers, signature

__all__ = ["again", "check", "download", "make", "open_paper", "papers", "signature"]
