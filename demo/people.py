"""Invented people: no name here belongs to anyone, mail goes to example domains, phones are of the 555-01xx kind."""

from __future__ import annotations

import random
from dataclasses import dataclass

from demo.dice import around, token, weighted

FIRST_NAMES = """
Abigail Adele Aisha Alana Alice Amara Amelia Amina Anika Annelise Arielle Astrid Ava Beatrice Bella
Bianca Bridget Camille Carmen Cecilia Celeste Chantal Chiara Chloe Clara Claudia Colette Corinne Dahlia
Dana Daphne Delia Diana Dolores Eden Elena Elise Eliza Eloise Emi Esme Esther Eva Fatima Felicity Fiona
Flora Frances Freya Gabriela Gemma Georgia Gia Giselle Grace Greta Hana Harriet Hazel Helena Imani Imogen
Ines Ingrid Irene Iris Isabel Ivy Jada Jasmine Joanna Josephine Julia June Kaia Kamila Keiko Kendra Kiara
Lana Larissa Layla Leila Leonie Lila Linnea Lola Lucia Lydia Mabel Maeve Malia Margot Mariam Marisol
Matilda Maya Mei Mina Miriam Nadia Naomi Nell Nicole Nina Noor Odette Olive Opal Paloma Paula Petra
Philippa Phoebe Priya Quinn Rachel Ramona Renata Rosa Rosalind Ruby Ruth Sabine Safiya Salma Selma Serena
Sienna Simone Sofia Soraya Stella Suki Sylvie Talia Tamara Tessa Thea Uma Valeria Vera Violet Vivian
Wanda Willa Yasmin Yuki Zara Zoe Adrian Benedict Caleb Dominic Elias Felix Hugo Jonah Kenji Luca Marcus
Nolan Oscar Rafael Silas Theo
""".split()  # noqa: SIM905 - read as a column, not as quotes

LAST_NAMES = """
Abbott Adler Albright Alvarez Amato Anders Ashby Bailey Banks Baptiste Barnes Beaumont Bell Bennett
Bergman Blake Bloom Bourne Brandt Brooks Calder Cameron Cardoso Carver Castillo Chambers Chen Choi Clarke
Cole Conti Cooper Costa Cross Cruz Dalton Darling Davenport Delacroix Diaz Dixon Donovan Drake Duarte
Duval Eastman Edwards Ellis Espinosa Evans Fairchild Farrow Ferrara Finch Fischer Fleming Fontaine Ford
Foster Frost Fuentes Gallagher Garner Gibbs Glass Goodwin Grant Greene Guerra Hale Hamada Hanley Harlow
Hart Hayes Heller Hill Holloway Hughes Hunt Ibarra Iverson Jansen Jarvis Joseph Kane Kapoor Kaya Keller
Kerr Khan Kim Klein Knox Laurent Lawson Lee Lim Lindgren Lowe Lund Mackay Maddox Malik Marchetti Marsh
Mayer McBride Mendoza Mercer Meyer Miles Monroe Montes Moore Moreau Morgan Murray Nair Nash Navarro Neal
Nguyen Nolan Novak Okafor Oliveira Ortega Osman Owens Pace Palmer Park Patel Pearce Perry Pierce Porter
Prescott Price Quigley Ramos Ray Reed Reyes Rhodes Rivera Robles Romano Rossi Rowe Russo Sato Sawyer
Schultz Sharma Shaw Silva Sloan Snow Soto Stein Stone Sutton Suzuki Tanaka Tate Thorne Torres Underwood
Vance Vargas Vaughn Vega Voss Wade Walsh Ward Watts Weber Wells West Wilde Winters Wolfe Wood Yates York
Young Zapata Zhang Ziegler
""".split()  # noqa: SIM905 - read as a column, not as quotes


@dataclass(frozen=True)
class Place:
    city: str
    region: str
    country: str
    weight: float


PLACES = (
    Place("New York", "NY", "United States", 15),
    Place("Los Angeles", "CA", "United States", 11),
    Place("Miami", "FL", "United States", 8),
    Place("Houston", "TX", "United States", 7),
    Place("Chicago", "IL", "United States", 6),
    Place("Atlanta", "GA", "United States", 6),
    Place("Dallas", "TX", "United States", 5),
    Place("San Francisco", "CA", "United States", 4),
    Place("Seattle", "WA", "United States", 3),
    Place("Boston", "MA", "United States", 3),
    Place("Las Vegas", "NV", "United States", 3),
    Place("Philadelphia", "PA", "United States", 3),
    Place("Denver", "CO", "United States", 2),
    Place("Phoenix", "AZ", "United States", 2),
    Place("Toronto", "ON", "Canada", 5),
    Place("Vancouver", "BC", "Canada", 2),
    Place("London", "", "United Kingdom", 5),
    Place("Manchester", "", "United Kingdom", 1),
    Place("Paris", "", "France", 2),
    Place("Berlin", "", "Germany", 1.5),
    Place("Milan", "", "Italy", 1),
    Place("Dubai", "", "United Arab Emirates", 1.5),
    Place("Tokyo", "", "Japan", 1),
    Place("Sydney", "NSW", "Australia", 1.5),
)

CONTACTS = {"instagram": 34, "whatnot": 24, "email": 22, "snapchat": 8, "whatsapp": 7, "phone": 5}
HOME_CHANNELS = {"whatnot": 46, "instagram": 17, "poshmark": 14, "ebay": 12, "shopify": 8, "email": 3}
ENDINGS = ("luxe", "finds", "closet", "style", "bags", "vintage", "edit", "nyc", "co", "wardrobe")


@dataclass(frozen=True)
class Person:
    """Someone who may buy. `pull`: how much they buy, heavy-tailed. `budget`: US dollars they like to spend on a piece.

    `stays`: days after which they lose interest.
    """

    number: int
    name: str
    email: str
    phone: str
    place: Place
    postcode: str
    contact: str
    handles: tuple[tuple[str, str], ...]
    home: str
    consents: bool
    pull: float
    budget: float
    stays: float
    favourites: tuple[str, ...]


def make_person(rng: random.Random, *, number: int, brands: dict[str, float]) -> Person:
    """The `number`-th person; `brands` weigh what they may be fond of."""
    name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    home = weighted(rng, HOME_CHANNELS)
    place = rng.choices(PLACES, [p.weight for p in PLACES])[0]
    pull = min(rng.paretovariate(0.95), 55.0)
    favourites = tuple(sorted({weighted(rng, brands) for _ in range(rng.choice((1, 2, 2, 3)))}))
    return Person(
        number=number, name=name, email=_email(name, number), phone=_phone(rng), place=place,
        postcode=_postcode(rng, place), contact=weighted(rng, CONTACTS), handles=_handles(rng, name, number, home),
        home=home, consents=rng.random() < 0.58, pull=pull, budget=420 * around(rng, 0.75) * pull**0.22,
        stays=rng.expovariate(1 / 330) + 20 * pull, favourites=favourites,
    )  # fmt: skip


def _email(name: str, number: int) -> str:
    return f"{name.lower().replace(' ', '.')}.{number}@example.com"


def _phone(rng: random.Random) -> str:
    return f"+1 {rng.randint(201, 989)} 555 01{rng.randint(0, 99):02d}" if rng.random() < 0.6 else ""


def _postcode(rng: random.Random, place: Place) -> str:
    return f"{rng.randint(10000, 98999)}" if place.country == "United States" else ""


def _handles(rng: random.Random, name: str, number: int, home: str) -> tuple[tuple[str, str], ...]:
    """Names on the platform they come from and maybe on others; the number keeps them apart."""
    platforms = {home, "instagram"} if rng.random() < 0.55 else {home}
    if rng.random() < 0.2:
        platforms.add(weighted(rng, HOME_CHANNELS))
    first, last = name.lower().split()
    stem = rng.choice((f"{first}.{last}", f"{first}_{rng.choice(ENDINGS)}", f"{last}{rng.choice(ENDINGS)}"))
    return tuple(
        (platform, f"@{stem}{number}" if platform == "instagram" else f"{stem}{number}".replace(".", "_"))
        for platform in sorted(platforms - {"email"})
    )


@dataclass(frozen=True)
class Supplier:
    """Someone who offers pieces; `share` goes to them when they consign."""

    number: int
    name: str
    email: str
    instagram: str
    share: str
    is_wholesaler: bool
    weight: float


WHOLESALERS = (
    "Ginza Auction Partners", "Maison Seconde Paris", "Hudson Estate Buyers", "Brera Vintage Wholesale",
    "Golden Gate Liquidations", "Mayfair Pre-Owned Trade",
)  # fmt: skip


def make_suppliers(rng: random.Random, *, people: int) -> list[Supplier]:
    """The wholesalers, then `people` private sellers, some of whom come again and again."""
    trade = [
        Supplier(n, name, f"trade.{n}@example.org", "", "0.6000", True, rng.uniform(0.5, 2))
        for n, name in enumerate(WHOLESALERS)
    ]
    return trade + [_private(rng, n) for n in range(len(trade), len(trade) + people)]


def _private(rng: random.Random, number: int) -> Supplier:
    name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    email = f"{name.lower().replace(' ', '.')}.s{number}@example.org"
    instagram = f"@{name.split()[0].lower()}{token(rng, 3)}" if rng.random() < 0.5 else ""
    share = rng.choice(("0.5500", "0.6000", "0.6000", "0.6500", "0.7000"))
    return Supplier(number, name, email, instagram, share, False, min(rng.paretovariate(1.1), 20))
