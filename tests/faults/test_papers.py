"""Papers are printed beside the site: however many wait, what is due is told in time."""

from __future__ import annotations

from tests.faults.fault import Fault, check

PAPERS = 100
TICKETS = 4
#: Ordinary running is p99 1.5 s, which the benchmark measures; a machine may be busy.
LATE = 3.0
COUNT = "SELECT count(*) FROM documents_document WHERE state = %s"


def test_a_hundred_queued_papers_delay_no_escalation(fault: Fault) -> None:
    site = fault.site
    fault.run("worker", "beat", "printer")
    assert fault.stage.ask("papers", PAPERS) >= PAPERS - 1  # one may be made already
    fault.marks = fault.stage.ask("marks")
    fault.wait_for(lambda: site.one(COUNT, "ready"))
    fault.up()
    fault.file(TICKETS)
    report = fault.settle()
    assert site.one(COUNT, "queued"), "they waited all the time"
    fault.kill("printer")
    check(report)
    assert report["latest_step"] <= LATE
    assert not site.one(COUNT, "failed")
