"""A small invented newsroom: articles whose answers tests know, for the real engine."""

from __future__ import annotations

from pathlib import Path

BRIDGE = """Kestrel Bridge to open in May

The Kestrel Bridge in Port Amery will open to traffic on 14 May 2023, the city council said. The \
bridge cost 48 million euros. It replaces a ferry that sank in 2011.

The bridge is 612 metres long. Engineer Lena Foss led the design of the Kestrel Bridge.

Subscribe to our newsletter for more stories like this.
"""
WOLVES = """Wolves return to the Tarn valley

A pack of nine wolves was counted in the Tarn valley this winter, the forest service said. Farmers \
in the valley lost 31 sheep to the wolves.

Ranger Tomas Weil wants higher fences. Farmer Ada Lorne wants the wolves shot.

Share on Facebook
"""
REPORT = """{dateline}

The Orrin Dam was closed after a crack was found in its eastern wall, the energy ministry said on \
Tuesday. The crack is four metres long. Repairs of the Orrin Dam will take eleven weeks.

Minister Paula Brandt said that no village was in danger.
"""
CHORUS = """The night market

Everyone sang the same song. Then the lanterns were lit.

Everyone sang the same song. Then the baker Ivo Kern gave away forty loaves of bread.

Everyone sang the same song.
"""


def write_newsroom(folder: Path) -> Path:
    """Five articles, two of them reprints of one story under different outlets."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "bridge.txt": BRIDGE,
        "wolves.txt": WOLVES,
        "dam-courier.txt": REPORT.format(dateline="ORRIN (The Daily Courier) - Dam closed"),
        "dam-herald.txt": REPORT.format(dateline="Orrin Dam shut, says the Valley Herald"),
        "chorus.txt": CHORUS,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
