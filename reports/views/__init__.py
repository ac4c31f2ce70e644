"""Pages of runs and their files, and of mailing and scheduling what a page of answers shows."""

from reports.views.files import File, linked_file
from reports.views.questions import MailThis, ScheduleThis
from reports.views.runs import MakeAgain, Progress, RunPage, SendAgain
from reports.views.schedules import Foresee

__all__ = [
    "File",
    "Foresee",
    "MailThis",
    "MakeAgain",
    "Progress",
    "RunPage",
    "ScheduleThis",
    "SendAgain",
    "linked_file",
]
