"""The colours of documents and mails: those of the pages' light side. `assets/css/lacelux.css` has them too."""

ACCENT = "#7a1f3d"
INK = "#1e1a17"
INK_SOFT = "#6b6259"
LINE = "#e7e1d9"
CARD = "#ffffff"
CARD_SOFT = "#faf8f5"
GOOD, BAD = "#1c6b4a", "#b3261e"
CATEGORIES = ("#7a1f3d", "#4a97c9", "#a87718", "#33406b", "#d9756a", "#6f5aa8", "#577a48")
REST = "#8f867d"
LOW, HIGH = "#f6eee9", "#7a1f3d"
