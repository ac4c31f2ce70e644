"""Interactions in files: found people and pieces, refused rows by column and value, nothing twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from customers.models import Customer, Handle
from inventory.models import Brand, Product
from lacelux.intake.models import Rejected
from sales.models import Campaign, Channel, Interaction
from tests.intake.conftest import Run

Intake = Callable[..., Run]
Write = Callable[..., Path]
HEADER = (
    "kind,occurred_at,customer,platform,sku,channel,campaign,brand,category,size,colour,topic,outcome,score,amount,text"
)


@pytest.fixture
def write(tmp_path: Path, db: None) -> Write:
    """`write(line, …)`: a file; the shop knows two Annas, a Speedy, Instagram and a campaign."""
    anna = Customer.objects.create(name="Anna", email="anna@example.com")
    Handle.objects.create(customer=anna, platform="instagram", value="@anna.bags")
    Handle.objects.create(customer=anna, platform="whatnot", value="anna")
    other = Customer.objects.create(name="Anna B.")
    Handle.objects.create(customer=other, platform="poshmark", value="Anna")
    Product.objects.create(sku="LV-1", title="Speedy 30")
    Channel.objects.create(code="instagram", name="Instagram")
    Campaign.objects.create(name="Spring, again", starts_on="2026-03-01")
    Brand.objects.create(name="Goyard")

    def file(*lines: str, header: str = HEADER, name: str = "said.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
        return path

    return file


def test_rows_become_interactions_with_all_they_say(intake: Intake, write: Write) -> None:
    path = write(
        "question,2026-03-06 18:30,anna.bags,,LV-1,instagram,,,,,,authenticity,template,,,Is it real?",
        "bid,2026-03-06T18:31:00Z,ANNA,whatnot,LV-1,,,,,,,,won,,120.50,",
        'click,2026-03-06,anna@example.com,,,,"Spring, again",,,,,,,,,',
        "enquiry,2026-03-06 20:00,,,,,,goyard,,PM,Black,,not in stock,,,",
        "rating,2026-03-06 21:00,@anna.bags,instagram,,,,,,,,,,5,,",
    )
    assert intake(path).counts == {"rows": 5, "new": 5}
    question, bid, click, enquiry, rating = (
        Interaction.objects.get(kind=kind) for kind in ("question", "bid", "click", "enquiry", "rating")
    )
    assert (question.outcome, question.topic, question.product.sku) == ("solved by template", "authenticity", "LV-1")
    assert (bid.customer, str(bid.amount), bid.outcome) == (question.customer, "120.50", "won")
    assert (click.campaign.name, click.customer) == ("Spring, again", question.customer)
    assert (enquiry.brand.name, enquiry.size, enquiry.colour) == ("Goyard", "PM", "Black")
    assert rating.score == 5
    assert question.occurred_at.isoformat() == "2026-03-06T23:30:00+00:00"  # 18:30 by the shop's clock


def test_a_file_read_again_adds_nothing(intake: Intake, write: Write) -> None:
    line = "like,2026-03-06 18:30,anna.bags,,LV-1,,,,,,,,,,,"
    assert intake(write(line, line)).counts == {"rows": 2, "new": 2}  # said twice within one file is twice
    assert intake(write(line, line, name="again.csv")).counts == {"rows": 2, "known": 2}
    assert Interaction.objects.count() == 2


@pytest.mark.parametrize(
    ("line", "column", "value", "reason"),
    [
        ("shout,2026-03-06,,,,,,,,,,x,,,,", "kind", "shout", "A kind is one of"),
        ("rating,2026-03-06,,,,,,,,,,,,6,,", "score", "6", "5"),
        ("rating,2026-03-06,,,,,,,,,,,,many,,", "score", "many", "Not a whole number."),
        ("rating,2026-03-06,,,,,,,,,,,,,,", "score", "", "from 1 to 5"),
        ("bid,2026-03-06,,,LV-1,,,,,,,,,,,", "amount", "", "A bid has an amount"),
        ('bid,2026-03-06,,,LV-1,,,,,,,,,,"1.234,56",', "amount", "1.234,56", "Not a number"),
        ("like,2026-03-06,,,NONE,,,,,,,,,,,", "sku", "NONE", "There is no such piece."),
        ("like,2026-03-06,nobody,,LV-1,,,,,,,,,,,", "customer", "nobody", "Nobody goes by this"),
        ("like,2026-03-06,anna,,LV-1,,,,,,,,,,,", "customer", "anna", "name the platform"),
        ("like,2026-03-06,anna.bags,,LV-1,myspace,,,,,,,,,,", "channel", "myspace", "no such channel"),
        ("like,2026-03-06,,,,,,,,,,,,,,", "sku", "", "A like is of something"),
        ("question,2026-03-06,,,,,,,,,,x,won,,,", "outcome", "won", "Of a question, one of"),
        ("question,2999-03-06,,,,,,,,,,x,,,,", "occurred_at", "2999-03-06", "In the future."),
        ("question,03/04/2026,,,,,,,,,,x,,,,", "occurred_at", "03/04/2026", "Day or month first?"),
        ("question,,,,,,,,,,,x,,,,", "occurred_at", "", "Missing."),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_column_and_value(
    intake: Intake, write: Write, line: str, column: str, value: str, reason: str
) -> None:
    fine = "like,2026-03-06 18:30,anna.bags,,LV-1,,,,,,,,,,,"
    assert intake(write(line, fine)).counts == {"rows": 2, "new": 1, "rejected": 1}
    refused = Rejected.objects.get()
    assert (refused.row, refused.column, refused.value) == (2, column, value)
    assert reason in refused.reason
    assert Interaction.objects.count() == 1


def test_two_columns_are_enough(intake: Intake, write: Write) -> None:
    path = write("rating,2026-03-06,5", header="kind,occurred_at,score")
    assert intake(path).counts == {"rows": 1, "new": 1}
