"""The boutique, booked once for all tests of a module: each sees it in a transaction of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from boutique import Boutique, boutique
from django.db import transaction


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Boutique]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield boutique()
        transaction.set_rollback(True)
