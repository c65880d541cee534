"""Lighthouse over the listeners' pages of a running site: a table, and exit 1 below the goals.

    npm install --prefix /tmp/lighthouse lighthouse
    ./run &                                            # or any running copy
    .venv/bin/python benchmarks/lighthouse.py http://127.0.0.1:8000 --lighthouse /tmp/lighthouse

Needs node, the npm package and Debian's chromium; asks no other host. Pages are found by the site's own sitemap.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

GOALS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-sync"


def pages(base: str) -> dict[str, str]:
    """The five kinds of page of the goal, by name."""
    addresses = re.findall(r"<loc>[^<]*?//[^/]+([^<]*)</loc>", urlopen(f"{base}/sitemap.xml").read().decode())
    show = next(path for path in addresses if path.endswith("/follow/")).removesuffix("follow/")
    own_pages = {"episodes/", "about/", "follow/", ""}
    episode = next(path for path in addresses if path.startswith(show) and path.removeprefix(show) not in own_pages)
    speaker = next(path for path in addresses if re.fullmatch(r"/speakers/[^/]+/", path))
    return {
        "home": "/",
        "episode": episode,
        "search": "/search/",
        "archive": f"{show}episodes/",
        "speaker": speaker,
    }


def measure(program: Path, url: str, folder: Path) -> dict:
    out = folder / "report.json"
    command = [
        "node", str(program), url, "--quiet", "--output=json", f"--output-path={out}", "--form-factor=mobile",
        f"--only-categories={','.join(GOALS)}", f"--chrome-flags={FLAGS}", "--disable-full-page-screenshot",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or "chromium", "TMPDIR": str(folder)}
    # On a busy machine Chromium's trace now and then lacks its beginning (NO_NAVSTART): that run says nothing.
    for _ in range(4):
        if subprocess.run(command, env=environment, timeout=300, stderr=subprocess.DEVNULL).returncode == 0:
            break
    else:
        raise SystemExit(f"Lighthouse could not measure {url}.")
    return json.loads(out.read_text())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="address of the running site, such as http://127.0.0.1:8000")
    parser.add_argument("--lighthouse", default=".", help="folder where npm installed lighthouse")
    parser.add_argument("--rounds", type=int, default=3, help="the median of these counts (performance varies)")
    parser.add_argument("--only", help="one kind of page")
    asked = parser.parse_args()
    program = Path(asked.lighthouse) / "node_modules" / "lighthouse" / "cli" / "index.js"
    failed = False
    print(
        f"{'page':10} {'perf':>5} {'a11y':>5} {'best':>5} {'seo':>5} {'FCP s':>6} {'LCP s':>6} {'TBT ms':>7} {'CLS':>6}"
    )
    for name, path in pages(asked.base).items():
        if asked.only and name != asked.only:
            continue
        reports = []
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(asked.rounds):
                reports.append(measure(program, asked.base + path, Path(folder)))
                time.sleep(1)
        reports.sort(key=lambda report: report["categories"]["performance"]["score"])
        report = reports[len(reports) // 2]
        scores = {kind: round(100 * report["categories"][kind]["score"]) for kind in GOALS}
        audits = report["audits"]
        print(
            f"{name:10} "
            + " ".join(f"{scores[kind]:>5}" for kind in GOALS)
            + f" {audits['first-contentful-paint']['numericValue'] / 1000:>6.2f}"
            f" {audits['largest-contentful-paint']['numericValue'] / 1000:>6.2f}"
            f" {audits['total-blocking-time']['numericValue']:>7.0f}"
            f" {audits['cumulative-layout-shift']['numericValue']:>6.3f}",
            flush=True,
        )
        for kind, goal in GOALS.items():
            if scores[kind] < goal:
                failed = True
                for reference in report["categories"][kind]["auditRefs"]:
                    audit = audits[reference["id"]]
                    if audit["score"] is not None and audit["score"] < 1 and reference["weight"]:
                        print(f"           {kind}: {audit['title']} {audit.get('displayValue', '')}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
