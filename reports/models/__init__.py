"""Reports and their sections, schedules, and the runs that make files of them."""

from reports.models.report import Report, Section
from reports.models.run import Rendition, Run
from reports.models.schedule import Schedule

__all__ = ["Rendition", "Report", "Run", "Schedule", "Section"]
