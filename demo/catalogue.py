"""What the demo shop deals in: brands, models and what an excellent piece of each brings, in US dollars (assumed)."""

from __future__ import annotations

from dataclasses import dataclass

BAGS, WALLETS, SHOES, JEWELLERY, ACCESSORIES = "Bags", "Wallets", "Shoes", "Jewellery", "Accessories"
CATEGORIES = (BAGS, WALLETS, SHOES, JEWELLERY, ACCESSORIES)

# How fast a category leaves the shelf, against bags.
SPEED = {BAGS: 1.0, WALLETS: 0.42, SHOES: 0.5, JEWELLERY: 0.75, ACCESSORIES: 0.55}

# Condition: share of pieces, price against excellent, speed.
CONDITIONS: dict[str, tuple[float, float, float]] = {
    "S": (0.10, 1.14, 1.25),
    "A": (0.34, 1.00, 1.15),
    "AB": (0.31, 0.88, 1.00),
    "B": (0.19, 0.74, 0.80),
    "C": (0.06, 0.55, 0.55),
}


@dataclass(frozen=True)
class Brand:
    """`growth`: yearly growth factor of its supply and demand; above 2 the brand is emerging."""

    name: str
    country: str
    speed: float = 1.0
    growth: float = 1.0


@dataclass(frozen=True)
class Model:
    """`price`: US dollars in condition A. `weight`: share of what comes in. `limited`: share of limited editions."""

    brand: str
    category: str
    name: str
    price: int
    weight: float
    colours: tuple[str, ...]
    sizes: tuple[str, ...] = ("",)
    limited: float = 0.04


BRANDS = (
    Brand("Chanel", "France", 1.45, 1.10),
    Brand("Hermès", "France", 1.35, 1.15),
    Brand("Louis Vuitton", "France", 1.30),
    Brand("Dior", "France", 1.10),
    Brand("Gucci", "Italy", 0.85, 0.75),
    Brand("Prada", "Italy", 1.10, 1.20),
    Brand("Saint Laurent", "France", 0.95),
    Brand("Bottega Veneta", "Italy", 1.05, 1.15),
    Brand("Celine", "France", 1.00),
    Brand("Fendi", "Italy", 0.90),
    Brand("Balenciaga", "Spain", 0.70, 0.70),
    Brand("Givenchy", "France", 0.60, 0.85),
    Brand("Loewe", "Spain", 1.25, 2.30),
    Brand("Miu Miu", "Italy", 1.50, 3.40),
    Brand("The Row", "United States", 1.40, 2.80),
    Brand("Chloé", "France", 0.85, 1.30),
    Brand("Burberry", "United Kingdom", 0.70, 0.85),
    Brand("Valentino", "Italy", 0.70),
    Brand("Christian Louboutin", "France", 0.80),
    Brand("Jimmy Choo", "United Kingdom", 0.60),
    Brand("Manolo Blahnik", "United Kingdom", 0.75),
    Brand("Cartier", "France", 1.25, 1.15),
    Brand("Tiffany & Co.", "United States", 1.00),
    Brand("Van Cleef & Arpels", "France", 1.35, 1.25),
    Brand("Coach", "United States", 0.95, 1.50),
    Brand("Tory Burch", "United States", 0.65),
    Brand("Kate Spade", "United States", 0.55, 0.85),
    Brand("Michael Kors", "United States", 0.45, 0.75),
)

# Asked for by customers, never on the shelf: the gaps that the shop should see.
WANTED = (Brand("Goyard", "France"), Brand("Delvaux", "Belgium"), Brand("Khaite", "United States"))

CLASSIC = ("Black", "Beige", "Navy", "Burgundy", "Grey")
BRIGHT = ("Black", "Red", "Pink", "White", "Green", "Blue")
CANVAS = ("Monogram", "Damier Ebene", "Damier Azur")
LEATHER = ("Black", "Tan", "Brown", "Etoupe", "Gold")
GOLD = ("Yellow gold", "Rose gold", "White gold")
STONE = ("Onyx", "Malachite", "Mother-of-pearl")
METAL = ("Gold tone", "Silver tone", "Rose gold tone")
SHOE = ("36", "37", "37.5", "38", "38.5", "39", "40", "41")
RING = ("49", "51", "52", "53", "54")
BELT = ("75", "80", "85", "90")

MODELS = (
    Model("Chanel", BAGS, "Classic Flap Medium", 7400, 1.0, CLASSIC, limited=0.10),
    Model("Chanel", BAGS, "Boy Bag Old Medium", 4600, 0.8, CLASSIC, limited=0.08),
    Model("Chanel", BAGS, "Wallet on Chain", 2650, 1.3, CLASSIC),
    Model("Chanel", WALLETS, "Caviar Card Holder", 520, 1.8, CLASSIC),
    Model("Chanel", SHOES, "Cap Toe Ballet Flats", 640, 1.5, ("Black", "Beige", "White"), SHOE),
    Model("Chanel", JEWELLERY, "CC Stud Earrings", 480, 2.2, METAL),
    Model("Hermès", BAGS, "Birkin 30", 14200, 0.15, LEATHER, limited=0.12),
    Model("Hermès", BAGS, "Kelly 28", 13400, 0.12, LEATHER, limited=0.12),
    Model("Hermès", BAGS, "Evelyne III 29", 2700, 0.6, LEATHER),
    Model("Hermès", JEWELLERY, "Clic H Bracelet", 540, 1.6, BRIGHT),
    Model("Hermès", ACCESSORIES, "Silk Carré 90", 310, 2.6, BRIGHT, ("90",), 0.12),
    Model("Hermès", SHOES, "Oran Sandals", 560, 1.4, LEATHER, SHOE),
    Model("Louis Vuitton", BAGS, "Speedy 30", 780, 3.4, CANVAS, ("30",), 0.06),
    Model("Louis Vuitton", BAGS, "Neverfull MM", 1180, 3.0, CANVAS, ("MM",), 0.06),
    Model("Louis Vuitton", BAGS, "Alma BB", 1280, 1.6, CANVAS, ("BB",)),
    Model("Louis Vuitton", BAGS, "Pochette Métis", 1650, 1.4, CANVAS[:1] + CLASSIC[:1]),
    Model("Louis Vuitton", WALLETS, "Zippy Wallet", 430, 2.8, CANVAS),
    Model("Louis Vuitton", WALLETS, "Key Pouch", 230, 2.6, CANVAS, limited=0.08),
    Model("Dior", BAGS, "Lady Dior Medium", 3300, 0.6, CLASSIC, limited=0.08),
    Model("Dior", BAGS, "Saddle Bag", 2150, 0.9, BRIGHT, limited=0.06),
    Model("Dior", BAGS, "Book Tote", 1750, 0.8, ("Blue Oblique", "Grey", "Toile de Jouy"), ("Small", "Medium")),
    Model("Dior", SHOES, "J'Adior Slingbacks", 480, 1.3, ("Black", "Nude", "White"), SHOE),
    Model("Dior", JEWELLERY, "Tribales Earrings", 310, 1.5, METAL),
    Model("Gucci", BAGS, "GG Marmont Small", 980, 2.4, BRIGHT, ("Mini", "Small", "Medium")),
    Model("Gucci", BAGS, "Jackie 1961", 1550, 1.0, CLASSIC, ("Mini", "Small")),
    Model("Gucci", BAGS, "Dionysus", 1180, 1.4, CLASSIC, ("Mini", "Small")),
    Model("Gucci", SHOES, "Horsebit Loafers", 390, 1.8, ("Black", "Brown", "White"), SHOE),
    Model("Gucci", ACCESSORIES, "GG Marmont Belt", 280, 2.2, ("Black", "Brown"), BELT),
    Model("Prada", BAGS, "Re-Edition 2005", 1080, 1.6, ("Black", "Pink", "White", "Green")),
    Model("Prada", BAGS, "Galleria Saffiano", 1380, 1.0, CLASSIC, ("Small", "Medium")),
    Model("Prada", WALLETS, "Saffiano Zip Wallet", 300, 1.7, CLASSIC),
    Model("Prada", SHOES, "Monolith Loafers", 580, 0.9, ("Black",), SHOE),
    Model("Saint Laurent", BAGS, "Loulou Small", 1350, 1.3, CLASSIC, ("Toy", "Small", "Medium")),
    Model("Saint Laurent", BAGS, "Sac de Jour", 1250, 0.9, CLASSIC, ("Nano", "Baby")),
    Model("Saint Laurent", SHOES, "Tribute Sandals", 320, 1.2, ("Black", "Nude", "Gold"), SHOE),
    Model("Bottega Veneta", BAGS, "Cassette", 1750, 0.9, ("Black", "Green", "Caramel", "Parakeet")),
    Model("Bottega Veneta", BAGS, "Jodie", 1600, 0.8, ("Black", "Fondant", "Teal"), ("Mini", "Small")),
    Model("Bottega Veneta", WALLETS, "Intrecciato Wallet", 330, 1.2, LEATHER),
    Model("Celine", BAGS, "Luggage Nano", 1450, 0.9, CLASSIC, ("Nano", "Micro")),
    Model("Celine", BAGS, "Triomphe", 2150, 0.7, ("Black", "Tan", "White"), ("Teen", "Medium")),
    Model("Fendi", BAGS, "Baguette", 1350, 1.1, ("Black", "Brown Zucca", "Pink"), limited=0.10),
    Model("Fendi", BAGS, "Peekaboo", 1800, 0.6, CLASSIC, ("Mini", "Medium")),
    Model("Balenciaga", BAGS, "City", 820, 1.4, BRIGHT, ("Mini", "Classic")),
    Model("Balenciaga", BAGS, "Hourglass Small", 1050, 0.9, BRIGHT),
    Model("Givenchy", BAGS, "Antigona Small", 740, 1.1, CLASSIC),
    Model("Loewe", BAGS, "Puzzle Small", 1650, 0.8, ("Tan", "Black", "Soft White", "Green"), limited=0.10),
    Model("Loewe", BAGS, "Flamenco Clutch", 1350, 0.5, ("Black", "Oat", "Orange")),
    Model("Miu Miu", BAGS, "Wander Matelassé", 1480, 0.4, ("Black", "Pink", "White")),
    Model("Miu Miu", BAGS, "Arcadie", 1560, 0.3, ("Black", "Cognac", "Caramel")),
    Model("Miu Miu", SHOES, "Ballerina Flats", 590, 0.4, ("Black", "Pink"), SHOE),
    Model("The Row", BAGS, "Margaux 15", 4300, 0.15, ("Black", "Mocha", "Cuir")),
    Model("The Row", BAGS, "Half Moon", 1050, 0.4, ("Black", "Ivory")),
    Model("Chloé", BAGS, "Marcie Medium", 640, 1.0, ("Tan", "Black", "Blue")),
    Model("Chloé", BAGS, "Paddington", 520, 0.7, ("Whiskey", "Black", "White"), limited=0.02),
    Model("Burberry", ACCESSORIES, "Check Cashmere Scarf", 210, 2.2, ("Archive Beige", "Black", "Red")),
    Model("Burberry", BAGS, "Note Crossbody", 560, 0.8, ("Archive Beige", "Black")),
    Model("Valentino", SHOES, "Rockstud Pumps", 310, 1.6, ("Nude", "Black", "Red"), SHOE),
    Model("Christian Louboutin", SHOES, "So Kate 120", 360, 1.6, ("Black", "Nude", "Red"), SHOE),
    Model("Jimmy Choo", SHOES, "Romy 85", 220, 1.2, ("Black", "Silver", "Nude"), SHOE),
    Model("Manolo Blahnik", SHOES, "Hangisi", 430, 1.1, ("Blue", "Black", "White"), SHOE),
    Model("Cartier", JEWELLERY, "Love Bracelet", 5400, 0.25, GOLD, ("16", "17", "18")),
    Model("Cartier", JEWELLERY, "Trinity Ring", 980, 0.8, ("Three golds",), RING),
    Model("Tiffany & Co.", JEWELLERY, "T Wire Bracelet", 920, 0.7, GOLD[:2], ("Small", "Medium")),
    Model("Tiffany & Co.", JEWELLERY, "Return to Tiffany Pendant", 190, 2.2, ("Silver",)),
    Model("Van Cleef & Arpels", JEWELLERY, "Vintage Alhambra Pendant", 2050, 0.4, STONE, limited=0.10),
    Model("Coach", BAGS, "Tabby 26", 195, 2.6, BRIGHT, limited=0.03),
    Model("Coach", BAGS, "Willis Top Handle", 120, 1.4, ("Black", "Brown", "Red"), limited=0.02),
    Model("Coach", WALLETS, "Accordion Zip Wallet", 65, 1.6, CLASSIC, limited=0.0),
    Model("Tory Burch", BAGS, "Fleming Small", 190, 1.5, CLASSIC, limited=0.0),
    Model("Kate Spade", WALLETS, "Madison Wallet", 48, 1.3, BRIGHT, limited=0.0),
    Model("Michael Kors", BAGS, "Jet Set Tote", 78, 1.8, CLASSIC, limited=0.0),
)  # fmt: skip

BRAND = {brand.name: brand for brand in BRANDS}


@dataclass(frozen=True)
class Extra:
    """Small things held by the dozen, sold beside a piece or given away on shows."""

    sku: str
    title: str
    cost: str
    price: str


EXTRAS = (
    Extra("LDX-DUST", "Satin dust bag", "3.20", "14.00"),
    Extra("LDX-CARE", "Leather care kit", "6.80", "24.00"),
    Extra("LDX-SHAPE", "Felt bag organiser", "9.50", "34.00"),
)
