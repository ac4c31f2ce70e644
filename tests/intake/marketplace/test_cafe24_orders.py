"""Cafe24's orders, rows of our own against a ledger reckoned by hand: names of columns are all that was seen of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sales.models import Order
from tests.intake.conftest import Run
from tests.intake.marketplace.conftest import ledger, reckoned

Intake = Callable[..., Run]
HEADER = (
    "주문일시,결제일시(입금확인일),주문번호,품목별 주문번호,상품명(한국어 쇼핑몰),상품품목코드,수량,상품구매금액(KRW),"
    "상품별 추가할인금액,사용한 적립금액(최종),주문서 쿠폰 할인금액,총 배송비(KRW),실제 환불금액,주문 상태,주문자명,"
    "주문자 휴대전화,수령인 우편번호,수령인 주소(전체)"
)
NAMES = ("주문번호", "품목별 주문번호", "상품명(한국어 쇼핑몰)", "수량", "상품구매금액(KRW)", "상품별 추가할인금액",
         "사용한 적립금액(최종)", "주문서 쿠폰 할인금액", "총 배송비(KRW)", "실제 환불금액", "주문 상태")  # fmt: skip
TABLE = """
K1 |K1-1|샤넬 클래식 백      |1|3,000,000|0     |0    |0    |3,000|      |배송완료
K2 |K2-1|루이비통 스피디     |1|1200000  |100000|10000|20000|0    |      |배송중
K2 |K2-2|실크 스카프         |2|200000   |0     |10000|20000|0    |      |배송중
K3 |K3-1|열쇠고리            |1|50000    |0     |0    |0    |3000 |      |배송완료
K3 |K3-2|열쇠고리            |1|50000    |0     |0    |0    |3000 |      |배송완료
K4 |K4-1|지갑                |1|400000   |0     |0    |0    |0    |      |입금전취소
K5 |K5-1|벨트                |1|300000   |0     |0    |0    |0    |      |배송완료
K5 |K5-2|장갑                |1|100000   |0     |0    |0    |0    |      |취소완료
K6 |K6-1|모자                |1|80000    |0     |0    |0    |3000 |80000 |반품완료
K7 |K7-1|핀                  |1|90000    |0     |0    |0    |0    |30000 |배송완료
K8 |K8-1|사은품              |1|0        |0     |0    |0    |3000 |      |배송완료
K9 |K9-1|카드 지갑           |3|100000   |0     |0    |0    |0    |      |배송완료
K10|K10-1|프라다 나일론      |1|700000   |0     |0    |0    |0    |      |상품준비중
K10|K10-1|프라다 나일론      |1|700000   |0     |0    |0    |0    |      |상품준비중
"""
WRONG = """
K20|K20-1|지갑|1|많이  |0|0|0|0| |배송완료
K21|K21-1|지갑|0|1000  |0|0|0|0| |배송완료
K22|K22-1|지갑|1|1000  |0|0|0|0| |배송완료
K22|K22-2|    |1|1000  |0|0|0|0| |배송완료
   |K23-1|지갑|1|1000  |0|0|0|0| |배송완료
K24|K24-1|지갑|1|1000  |0|5000|0|0| |배송완료
"""
EXPECTED = {
    "K1": reckoned(gross="3000", shipping="3"),
    "K2": reckoned(gross="1400", discount="130"),
    "K3": reckoned(gross="100", shipping="3"),
    "K5": reckoned(gross="400", refunded="100"),
    "K6": reckoned(gross="80", refunded="80", shipping="3"),
    "K7": reckoned(gross="90", refunded="30"),
    "K8": reckoned(shipping="3"),
    "K9": reckoned(gross="100"),
    "K10": reckoned(gross="700"),
}
RATE = {"option": ["rates=KRW=0.001"]}


def rows(table: str) -> list[dict[str, str]]:
    found = []
    for line in table.strip("\n").splitlines():
        row = dict(zip(NAMES, (cell.strip() for cell in line.split("|")), strict=True))
        row |= {"주문일시": "2025-03-05 10:11:12", "주문자명": "김지우", "수령인 우편번호": "06236"}
        found.append(row | {"결제일시(입금확인일)": "" if row["주문번호"] == "K10" else "2025-03-05 10:12:00"})
    return found


def test_twenty_rows_come_to_the_ledger_reckoned_by_hand(intake: Intake, sheet: Callable[..., Path]) -> None:
    path = sheet(HEADER, *rows(TABLE), *rows(WRONG), bom=True)
    assert intake(path, **RATE).counts == {"rows": 20, "new": 12, "known": 1, "ignored": 1, "rejected": 6}
    assert ledger() == EXPECTED
    one, ten = Order.objects.get(number="K1"), Order.objects.get(number="K10")
    assert (one.ordered_at, one.currency) == (datetime(2025, 3, 5, 1, 11, 12, tzinfo=UTC), "KRW")
    assert (one.state, ten.state) == (Order.State.PAID, Order.State.PLACED)
    assert len(set(Order.objects.values_list("customer", flat=True))) == 1
    assert intake(path, **RATE).counts == {"rows": 20, "known": 13, "ignored": 1, "rejected": 6}
    assert ledger() == EXPECTED


def test_won_need_a_rate(intake: Intake, sheet: Callable[..., Path]) -> None:
    run = intake(sheet(HEADER, *rows(TABLE)[:2]))
    assert run.counts == {"rows": 2, "rejected": 2}
    assert {r.column for r in run.batch.rejections.all()} == {"currency"}


def test_the_encoding_of_korean_spreadsheets_is_read(intake: Intake, sheet: Callable[..., Path]) -> None:
    path = sheet(HEADER, *rows(TABLE))
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp949"))
    assert intake(path, **RATE).counts == {"rows": 14, "new": 12, "known": 1, "ignored": 1}
    assert Order.objects.get(number="K1").lines.get().description == "샤넬 클래식 백"


def test_an_item_cancelled_since_is_given_back_and_a_whole_order_goes(
    intake: Intake, sheet: Callable[..., Path]
) -> None:
    before = rows(TABLE)[1:4]
    intake(sheet(HEADER, *before), **RATE)
    second, other = before[1] | {"주문 상태": "취소완료"}, before[2] | {"주문 상태": "취소완료"}
    later = sheet(HEADER, before[0], second, other)
    assert intake(later, **RATE).counts == {"rows": 3, "changed": 3}
    assert ledger()["K2"] == reckoned(gross="1400", discount="130", refunded="200")
    assert Order.objects.get(number="K3").state == Order.State.CANCELLED
    assert intake(later, **RATE).counts == {"rows": 3, "known": 3}


def test_wrong_rows_are_named(intake: Intake, sheet: Callable[..., Path]) -> None:
    run = intake(sheet(HEADER, *rows(WRONG)), **RATE)
    assert [(r.row, r.column) for r in run.batch.rejections.order_by("row")] == [
        (2, "상품구매금액(KRW)"),
        (3, "수량"),
        (4, "주문번호"),  # the other row of the order is wrong
        (5, "주문상품명"),
        (6, "주문번호"),
        (7, "주문번호"),  # more points than it cost
    ]
