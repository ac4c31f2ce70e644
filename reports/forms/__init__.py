"""Forms of the pages that mail and schedule."""

from reports.forms.mailing import MailForm
from reports.forms.schedule import OwnedScheduleForm, QuestionScheduleForm, ScheduleForm, form_for

__all__ = ["MailForm", "OwnedScheduleForm", "QuestionScheduleForm", "ScheduleForm", "form_for"]
