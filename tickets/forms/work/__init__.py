"""The forms behind the buttons of a work order: one per verb."""

from tickets.forms.work.base import PlainForm, ReasonForm, TimedForm, WorkForm
from tickets.forms.work.checklists import ChecklistForm
from tickets.forms.work.closing import (
    FinishForm,
    PileForm,
    RateForm,
    RefuseForm,
    ScanForm,
    SignForm,
)
from tickets.forms.work.doing import (
    ArriveForm,
    DecideForm,
    DepartForm,
    ExtraDoneForm,
    ExtraForm,
    PartForm,
    PhotosForm,
    RecordForm,
    TimeForm,
)
from tickets.forms.work.planning import (
    DispatchForm,
    PlanForm,
    PlanWorkForm,
    RedispatchForm,
    RescheduleForm,
)

__all__ = [
    "ArriveForm",
    "ChecklistForm",
    "DecideForm",
    "DepartForm",
    "DispatchForm",
    "ExtraDoneForm",
    "ExtraForm",
    "FinishForm",
    "PartForm",
    "PhotosForm",
    "PileForm",
    "PlainForm",
    "PlanForm",
    "PlanWorkForm",
    "RateForm",
    "ReasonForm",
    "RecordForm",
    "RedispatchForm",
    "RefuseForm",
    "RescheduleForm",
    "ScanForm",
    "SignForm",
    "TimeForm",
    "TimedForm",
    "WorkForm",
]
