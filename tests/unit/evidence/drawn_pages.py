"""Pages for tests: what buyers send besides photos of goods, drawn with the letters that Pillow brings."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.photos import a_picture

WIDTH, HEIGHT = 720, 1_480
GREY, INK = "#888888", "#222222"


def _written(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int = 26, colour: str = INK) -> None:
    draw.text(at, text, fill=colour, font=ImageFont.load_default(size))


def _number(chance: np.random.Generator, digits: int = 13) -> str:
    return "".join(str(digit) for digit in chance.integers(0, 10, digits))


def an_order_page(seed: int, *, dark: bool = False, goods: int | None = None) -> Image.Image:
    """One app's order page; product, numbers and dates differ by ``seed``, the thumbnail by ``goods``."""
    chance = np.random.default_rng(seed)
    page = Image.new("RGB", (WIDTH, HEIGHT), "#141414" if dark else "#f5f5f5")
    draw, ink = ImageDraw.Draw(page), "#f0f0f0" if dark else INK
    draw.rectangle((0, 0, WIDTH, 120), fill="#ff5000")
    _written(draw, (280, 45), "Order details", 34, "white")
    draw.rounded_rectangle((20, 150, 700, 330), 16, fill="#222222" if dark else "white")
    _written(draw, (40, 170), "Delivered", 32, ink)
    _written(draw, (40, 225), f"Parcel SF{_number(chance, 12)}", 24, GREY)
    _written(draw, (40, 275), f"2026-10-{chance.integers(10, 30)} signed by the buyer", 24, GREY)
    draw.rounded_rectangle((20, 360, 700, 660), 16, fill="#222222" if dark else "white")
    page.paste(a_picture(seed if goods is None else goods, 170, 170), (40, 400))
    _written(draw, (250, 400), ("Glass cup", "Running shoes", "Desk lamp", "Rain coat")[seed % 4], 30, ink)
    _written(draw, (250, 460), f"CNY {chance.integers(20, 900)}.00   x1", 30, "#ff5000")
    for at, name in enumerate(("Order number", "Paid at", "Sent at", "Payment", "Invoice", "Address", "Insurance")):
        _written(draw, (40, 720 + 70 * at), name, 24, GREY)
        _written(draw, (280, 720 + 70 * at), _number(chance), 24, ink)
    for at, name in enumerate(("Contact seller", "Refund", "Buy again")):
        draw.rounded_rectangle((40 + 225 * at, 1_370, 240 + 225 * at, 1_430), 30, outline="#ff5000", width=2)
        _written(draw, (62 + 225 * at, 1_385), name, 22, "#ff5000")
    return page


def a_way_bill(seed: int) -> Image.Image:
    chance = np.random.default_rng(seed)
    page = Image.new("RGB", (WIDTH, 1_000), "white")
    draw = ImageDraw.Draw(page)
    for top in (20, 170, 330, 520, 700, 980):
        draw.line((20, top, 700, top), fill="black", width=3)
    at = 60
    while at < 650:  # the bars of its number
        wide = int(chance.integers(2, 9))
        draw.rectangle((at, 190, at + wide, 300), fill="black")
        at += wide + int(chance.integers(3, 9))
    _written(draw, (40, 50), "EXPRESS", 70)
    for at, name in enumerate(
        ("From", "To", "Phone", "Weight", "Pieces", "Content", "Service", "Insured", "Sign here")
    ):
        _written(draw, (40, 350 + 68 * at), name, 28)
        _written(draw, (240, 350 + 68 * at), _number(chance, 16), 28)
    return page


def a_size_chart(seed: int = 0) -> Image.Image:
    """The same for everybody, but for the row that a buyer marked."""
    page = Image.new("RGB", (WIDTH, 900), "white")
    draw = ImageDraw.Draw(page)
    for row, size in enumerate(("Size", "S", "M", "L", "XL", "XXL", "3XL", "4XL", "5XL", "6XL")):
        for column in range(5):
            words = ("Bust", "Waist", "Hip", "Length")[column - 1] if row == 0 else str(70 + 4 * row + 9 * column)
            _written(draw, (50 + 140 * column, 30 + 84 * row), size if column == 0 else words, 30)
        draw.line((20, 90 + 84 * row, 700, 90 + 84 * row), fill="#cccccc", width=2)
    draw.ellipse((30, 100 + 84 * (seed % 8), 690, 190 + 84 * (seed % 8)), outline="red", width=5)
    return page


def a_receipt_of_payment(seed: int) -> Image.Image:
    """A page of few and large words: only the sum differs."""
    page = Image.new("RGB", (WIDTH, 1_280), "white")
    draw = ImageDraw.Draw(page)
    draw.ellipse((260, 240, 460, 440), fill="#07c160")
    draw.line((310, 340, 350, 385, 420, 290), fill="white", width=18)
    _written(draw, (200, 500), "Payment successful", 38)
    _written(draw, (240, 600), f"CNY {np.random.default_rng(seed).integers(10, 999)}.00", 60)
    draw.rounded_rectangle((200, 1_080, 520, 1_160), 20, outline="#07c160", width=3)
    _written(draw, (310, 1_095), "Done", 40, "#07c160")
    return page


def a_chat(seed: int, sent: Image.Image | None = None) -> Image.Image:
    """A chat window with words of its own, and a photo that was sent in it."""
    chance = np.random.default_rng(seed)
    page = Image.new("RGB", (WIDTH, HEIGHT), "#ededed")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, WIDTH, 110), fill="#f7f7f7")
    _written(draw, (250, 35), "Shop service", 36)
    words = ("hello", "my parcel", "arrived", "broken", "please help", "when", "order", "refund", "thank you", "photo")
    for row in range(13):
        left = 40 if row % 2 else 200
        top = 140 + 90 * row
        if sent is not None and top > 480 and row < 10:  # room for the photo
            continue
        draw.rounded_rectangle((left, top, left + 480, top + 66), 12, fill="white" if row % 2 else "#95ec69")
        _written(draw, (left + 20, top + 16), " ".join(chance.choice(words, 4)), 26)
    if sent is not None:
        page.paste(sent.resize((560, 420)), (80, 500))
    draw.rectangle((0, 1_380, WIDTH, HEIGHT), fill="#f7f7f7")
    _written(draw, (40, 1_405), "Hold to talk", 30, GREY)
    return page


def a_chat_with_faces(seed: int) -> Image.Image:
    """A dark chat with round pictures of who writes and short words: much in it has tones."""
    chance = np.random.default_rng(seed)
    page = Image.new("RGB", (WIDTH, HEIGHT), "#242424")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, WIDTH, 60), fill="#121212")
    words = ("hello", "my parcel", "arrived", "broken", "please help", "when", "order", "refund", "thank you", "photo")
    for row in range(13):
        mine, top, said = row % 2, 140 + 96 * row, " ".join(chance.choice(words, 3))
        wide = round(ImageFont.load_default(30).getlength(said)) + 40
        left = 620 - wide if mine else 100
        face = (640, top, 700, top + 60) if mine else (20, top, 80, top + 60)
        draw.ellipse(face, fill=(90, 140, 200))
        draw.rounded_rectangle((left, top, left + wide, top + 64), 12, fill="#121212")
        _written(draw, (left + 20, top + 12), said, 30, "#e1e1e1")
    return page


def a_receipt_on_paper(seed: int) -> Image.Image:
    """A shop's receipt as a scanner's program frames it: lit from one side, with the paper's grain."""
    chance = np.random.default_rng(seed)
    picture = Image.new("RGB", (640, 1_200), "#efeeea")
    draw = ImageDraw.Draw(picture)
    _written(draw, (200, 40), "MARKET 24", 44)
    for line in range(20):
        _written(draw, (40, 140 + 44 * line), f"item {chance.integers(100, 999)}   x{chance.integers(1, 5)}", 24)
        _written(draw, (480, 140 + 44 * line), f"{chance.integers(1, 300)}.00", 24)
    _written(draw, (40, 1_060), f"TOTAL {chance.integers(10, 999)}", 40)
    light = np.asarray(picture).astype(float) * np.linspace(0.8, 1.02, 640)[None, :, None]
    grain = chance.normal(0, 4, (1_200, 640, 1))
    return Image.fromarray((light + grain).clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))


def a_tracking_page(seed: int) -> Image.Image:
    """A parcel's way on an app's map: the roads, numbers and times differ, the signs and words are the app's."""
    chance = np.random.default_rng(seed)
    page = Image.new("RGB", (WIDTH, 1_560), "#f4f4f4")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 66, WIDTH, 666), fill="#e4ece4")
    for _ in range(14):
        ends = chance.integers(0, WIDTH, 2)
        draw.line((int(ends[0]), 66, int(ends[1]), 666), fill="white", width=int(chance.integers(2, 8)))
    draw.ellipse((320, 280, 400, 360), fill="#ff5000")
    draw.rounded_rectangle((20, 640, 700, 800), 20, fill="white")
    _written(draw, (46, 660), "Signed for at the station", 44)
    _written(draw, (46, 726), f"Express YT{_number(chance, 12)}", 34, GREY)
    for at, said in enumerate(("Signed for", "Out for delivery", "Left the centre", "Received", "Sent by the shop")):
        top = 860 + 107 * at
        draw.ellipse((54, top, 74, top + 20), fill="#ff5000" if at == 0 else "#aaaaaa")
        _written(draw, (100, top - 14), said, 36)
        _written(draw, (100, top + 30), f"2026-11-{chance.integers(10, 30)} {chance.integers(10, 23)}:15", 28, GREY)
    return page


def a_shop_page(seed: int, listing: Image.Image) -> Image.Image:
    """A shop's page of an article: its listing with the app's buttons on it, and price and words below."""
    chance = np.random.default_rng(seed)
    page = Image.new("RGB", (WIDTH, 1_560), "white")
    draw = ImageDraw.Draw(page)
    page.paste(listing.resize((540, WIDTH)), (90, 60))
    draw.ellipse((20, 80, 74, 134), fill="#5a5a5a")
    draw.rounded_rectangle((600, 720, 700, 760), 20, fill="#3c3c3c")
    _written(draw, (626, 722), f"1/{chance.integers(4, 9)}", 26, "white")
    draw.rectangle((0, 780, WIDTH, 866), fill="#ff2d55")
    _written(draw, (26, 786), f"CNY {chance.integers(19, 999)}.00", 50, "white")
    said = ("the shop of the maker, sent free of charge", "seven days, and the freight is paid", "sold 20,000 times")
    for at in range(6):
        _written(draw, (26, 890 + 76 * at), said[at % 3], 30)
    draw.rectangle((400, 1_466, 700, 1_540), fill="#ff5000")
    _written(draw, (480, 1_474), "Buy now", 38, "white")
    return page
