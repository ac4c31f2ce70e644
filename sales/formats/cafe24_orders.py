"""Cafe24's orders, a row per item, as its own spreadsheet of orders has them.

Sourced (from several public programs that read such files; which columns a file has is each shop's choice): the names
of the columns; UTF-8 or Windows-949; what belongs to the whole order (points, coupon, shipping) stands on each of its
rows and counts once; a row that is cancelled says so in its state; a refunded one has an amount.
Unverified, for no file was seen; assumed: times are of Seoul; amounts are in won, as they stand, and need a rate; the
price of a row is for all of its pieces; an order without a time of payment is placed, not paid; an order whose rows
are all cancelled is no sale, and a single cancelled row was given back; its own item code is our SKU.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from lacelux.intake import values
from lacelux.intake.formats import Column
from lacelux.lib.money import ZERO
from sales.formats.marketplace import cells
from sales.formats.marketplace.importer import MarketplaceFormat
from sales.formats.marketplace.orders import Buyer, Facts, Line, Part, Standing

SEOUL = ZoneInfo("Asia/Seoul")
FOUR_PLACES = Decimal("0.0001")
ORDER, ITEM, ORDERED, PAID = "주문번호", "품목별 주문번호", "주문일시", "결제일시(입금확인일)"
TITLE, QUANTITY, PRICE, SKU = "주문상품명", "수량", "상품구매금액(KRW)", "자체품목코드"
DISCOUNT, POINTS, COUPON = "상품별 추가할인금액", "사용한 적립금액(최종)", "주문서 쿠폰 할인금액"
SHIPPING, REFUNDED, STATE, CANCELLED = "총 배송비(KRW)", "실제 환불금액", "주문 상태", "취소구분"
BUYER, HANDLE, EMAIL, PHONE = "주문자명", "주문자ID", "주문자 이메일", "주문자 휴대전화"
ADDRESS, POSTCODE = "수령인 주소(전체)", "수령인 우편번호"


class Cafe24Orders(MarketplaceFormat):
    name = "cafe24-orders"
    title = "Cafe24 orders"
    source = "cafe24"
    channel_name = "Cafe24"
    number = ORDER
    repeats_facts = True
    columns = (
        Column(ORDER),
        Column(ITEM),
        Column(ORDERED),
        Column(TITLE, also=("상품명(한국어 쇼핑몰)", "주문상품명(옵션포함)", "상품명")),
        Column(QUANTITY),
        Column(PRICE, also=("상품구매금액",)),
        Column(PAID, required=False),
        Column(SKU, required=False, also=("상품자체코드", "자체 상품코드", "상품품목코드", "상품코드")),
        Column(DISCOUNT, required=False),
        Column(POINTS, required=False, also=("사용한 적립금액",)),
        Column(COUPON, required=False, also=("쿠폰할인금액",)),
        Column(SHIPPING, required=False, also=("총 배송비",)),
        Column(REFUNDED, required=False),
        Column(STATE, required=False),
        Column(CANCELLED, required=False),
        Column(BUYER, required=False),
        Column(HANDLE, required=False),
        Column(EMAIL, required=False),
        Column(PHONE, required=False),
        Column(ADDRESS, required=False, also=("수령인 주소",)),
        Column(POSTCODE, required=False),
    )

    def part(self, row: cells.Row, *, zone: ZoneInfo, now: datetime) -> Part:
        quantity, price = cells.pieces(row, QUANTITY), cells.price(row, PRICE)
        discount = cells.money(row, DISCOUNT)
        is_cancelled = "취소" in row[STATE] or row[CANCELLED].strip() not in ("", "-", "--", "N")
        back = cells.money(row, REFUNDED) or (price - discount if is_cancelled else ZERO)
        line = Line(
            title=cells.title(row, TITLE),
            sku=cells.words(row, SKU, 60),
            quantity=quantity,
            unit_price=(price / quantity).quantize(FOUR_PLACES, ROUND_HALF_UP),
            discount=discount,
            refunded=back,
        )
        item = cells.words(row, ITEM, 80)
        return Part(number=self.number_of(row), item=item, facts=_facts(row, is_cancelled, now), line=line)


def _facts(row: cells.Row, is_cancelled: bool, now: datetime) -> Facts:
    standing = Standing.PAID if row[PAID].strip() else Standing.PLACED
    return Facts(
        placed_at=values.moment(row[ORDERED], column=ORDERED, zone=SEOUL, now=now),
        standing=Standing.CANCELLED if is_cancelled else standing,
        buyer=Buyer(
            handle=cells.words(row, HANDLE, 120),
            name=cells.words(row, BUYER, 160),
            email=cells.words(row, EMAIL, 254),
            phone=cells.words(row, PHONE, 40),
            address=cells.words(row, ADDRESS, 255),
            postcode=cells.postcode(row, POSTCODE),
        ),
        currency="KRW",
        shipping=cells.money(row, SHIPPING),
        discount=cells.money(row, POINTS) + cells.money(row, COUPON),
    )
