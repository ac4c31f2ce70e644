"""The Celery application. Workers are told only that something may be due; the database knows what is."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lacelux.settings")

app = Celery("lacelux")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
