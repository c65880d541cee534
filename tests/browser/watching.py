"""A page in a real browser that notes what went wrong: policy violations, console errors, other hosts."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
NOTE_VIOLATIONS = """
    window.violations = [];
    addEventListener("securitypolicyviolation", (event) =>
        violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@dataclass
class Watched:
    """`faults` grows while the page is used. `store`: the object store's address, where the sound may come from."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)
    store: str = ""

    @classmethod
    def watch(cls, page: Page, base: str, store: str = "") -> "Watched":
        watched = cls(page, base, store=store)
        page.add_init_script(NOTE_VIOLATIONS)
        page.on(
            "console", lambda message: message.type == "error" and watched.faults.append(f"console: {message.text}")
        )
        page.on("pageerror", lambda error: watched.faults.append(f"script: {error}"))
        page.on("request", lambda request: watched._ask(request.url))
        return watched

    def _ask(self, url: str) -> None:
        if urlsplit(url).netloc not in (urlsplit(self.base).netloc, urlsplit(self.store).netloc, ""):
            self.faults.append(f"asked another host: {url}")

    def open(self, path: str) -> None:
        self.page.goto(self.base + path, wait_until="load")
        self.until("!document.querySelector('[data-panel]') || document.querySelector('[data-panel] audio').hidden")

    def until(self, expression: str, seconds: float = 10) -> None:
        """Playwright's own waiting evaluates text inside the page, which the policy forbids."""
        deadline = time.monotonic() + seconds
        while not self.page.evaluate(expression):
            assert time.monotonic() < deadline, f"it did not come true: {expression}"
            self.page.wait_for_timeout(50)

    def violations(self) -> list[str]:
        return [f"policy: {found}" for found in self.page.evaluate("window.violations ?? []")]

    def axe(self, rules: tuple[str, ...] = WCAG) -> list[str]:
        """Broken rules of WCAG 2.2 AA with the elements that break them."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        run = "(tags) => axe.run(document, {runOnly: tags, preload: false}).then((r) => r.violations)"
        found = self.page.evaluate(run, rules)
        return [
            f"{rule['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for rule in found
            for node in rule["nodes"]
        ]

    def axe_in_the_dark(self) -> list[str]:
        """The page as it stands in its dark looks, which differ in colours: it need not come again for that."""
        self.page.emulate_media(color_scheme="dark")
        self.until("!document.getAnimations().length")  # colours of the desk's links change slowly
        found = self.axe(("color-contrast", "link-in-text-block"))
        self.page.emulate_media(color_scheme="light")
        return [f"in the dark: {fault}" for fault in found]

    def overflows(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")

    def sound(self, what: str) -> object:
        return self.page.evaluate(f"document.querySelector('[data-sound]').{what}")
