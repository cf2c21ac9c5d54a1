"""Take every page of the demo's world: `make screenshots`, or this file with a folder.

At 1440 and 390 px in light, Watch and an alert in dark too, and the alerts in Chinese. The demo's
desk is copied, never changed; without `make demo` before, a world is run for it.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from browser import (
    DRAWN,
    PHONE,
    ROOT,
    WIDE,
    account,
    chromium,
    exercise_world,
    served,
    settle,
    sign_in,
)
from page_addresses import found

from farwatch.settings import Settings

DARK = {"watch", "alerts.show", "alerts.list"}
CHINESE = {"watch", "alerts.show", "alerts.list", "sources.show"}


def main(out: Path) -> None:
    """All pictures into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="farwatch-screenshots-") as folder:
        world = Path(folder) / "world"
        demo = ROOT / "farwatch-demo"
        if (demo / "desk").is_dir():
            shutil.copytree(demo, world)
        else:
            world = exercise_world(Path(folder) / "made")
        settings = Settings(
            data_dir=world / "desk", exercise=True, organisation="Exercise organisation",
            timezone="Africa/Lusaka",
        )  # fmt: skip
        with served(settings) as (desk, base), chromium(DRAWN) as browser:
            name = account(desk, "keeper of the pictures")
            addresses: dict[str, str] = {}
            for width, view in (("1440", WIDE), ("390", PHONE)):
                for scheme, language in (("light", "en"), ("dark", "en"), ("light", "zh-Hans")):
                    context = browser.new_context(viewport=view, color_scheme=scheme)
                    context.add_cookies(
                        [{"name": "farwatch_language", "value": language, "url": base}]
                    )
                    page = context.new_page()
                    page.goto(f"{base}/sign-in")
                    page.screenshot(path=out / f"sign_in-{width}-{scheme}-{language}.png")
                    sign_in(page, base, name)
                    cookie = cookie_of(context)
                    addresses = addresses or found(base, cookie)
                    for route, address in addresses.items():
                        if scheme == "dark" and route not in DARK:
                            continue
                        if language != "en" and route not in CHINESE:
                            continue
                        page.goto(f"{base}{address}")
                        settle(page)
                        file = re.sub(r"\W+", "_", route)
                        path = out / f"{file}-{width}-{scheme}-{language}.png"
                        page.screenshot(path=path, full_page=route != "watch")
                        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                        if wide > 0:
                            print(f"{route} at {width} px is {wide} px too wide")
                        print(path.name)
                    context.close()


def cookie_of(context: Any) -> str:
    """The sign-in's."""
    named = {one["name"]: one["value"] for one in context.cookies()}
    return str(named["farwatch_session"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
