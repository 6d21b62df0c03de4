"""Seconds until the page is usable, and from an upload to its verdict.

python -m benchmarks.speed.page [--repeats 5]

Launch: from starting the process until the page stands in headless Chromium (a new session of it),
and the same of an app that is one button, below which no page of Streamlit's can be. First verdict:
from the first upload, the loading of the detector included. Then: from an upload until its verdict
stands there. Modules are compiled, by an uncounted launch. The browser runs on the same processors
as the app.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import shutil
import time

import numpy as np
import soundfile
from playwright.async_api import Browser, Page, async_playwright

from benchmarks.speed.app import running_app
from mimimi.config import SAMPLE_RATE
from mimimi.simulate import simulate_clip

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
PATIENCE = 180_000  # ms
MACHINE = "id_50"


def clip(number: int) -> bytes:
    file = io.BytesIO()
    samples = simulate_clip("fan", MACHINE, clip=7_000_000 + number)
    soundfile.write(file, samples, SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


async def visit(browser: Browser, address: str, button: str = "unbalance") -> Page:
    page = await (await browser.new_context()).new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(address)
    await page.get_by_role("button", name=button).first.wait_for()
    return page


async def judged(page: Page, content: bytes) -> float:
    """Upload a clip; seconds until its verdict stands there."""
    began = time.monotonic()
    upload = {"name": "clip.wav", "mimeType": "audio/wav", "buffer": content}
    await page.locator("input[type=file]").first.set_input_files(upload)  # type: ignore[arg-type]
    await page.locator(".st-key-verdict h2").wait_for()
    return time.monotonic() - began


async def empty(browser: Browser) -> tuple[float, float]:
    """Launch of an app that is one button: until its server answers, and until it stands there."""
    began = time.monotonic()
    with running_app(script="benchmarks/speed/empty_app.py") as app:
        answers = time.monotonic() - began
        await visit(browser, app.url, "Nothing")
        stands = time.monotonic() - began
        await leave(browser)
    return answers, stands


async def leave(browser: Browser) -> None:
    """A page whose server has gone asks for it for ever."""
    for context in browser.contexts:
        await context.close()


async def alone(browser: Browser, repeats: int) -> None:
    nothing, answers, launch, first, then = [], [], [], [], []
    with running_app() as app:
        await judged(await visit(browser, f"{app.url}/?type=fan&id={MACHINE}"), clip(0))
        await leave(browser)
    for repeat in range(repeats):
        nothing.append(await empty(browser))
        began = time.monotonic()
        with running_app() as app:
            answers.append(time.monotonic() - began)
            address = f"{app.url}/?type=fan&id={MACHINE}"
            page = await visit(browser, address)
            launch.append(time.monotonic() - began)
            first.append(await judged(page, clip(0)))
            for number in range(1, 4):
                page = await visit(browser, address)
                then.append(await judged(page, clip(10 * repeat + number)))
            await leave(browser)
    of_nothing = list(zip(*nothing, strict=True))
    for name, seconds in (
        ("an empty app's server", of_nothing[0]),
        ("launch to an empty app", of_nothing[1]),
        ("this app's server", answers),
        ("launch to usable page", launch),
        ("upload to first verdict", first),
        ("upload to verdict after that", then),
    ):
        print(f"{name:<30}{np.median(seconds):>7.2f} s median of {len(seconds)}, ", end="")
        print(f"{min(seconds):.2f} to {max(seconds):.2f}")


async def measure(repeats: int) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        await alone(browser, repeats)
        await browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    asyncio.run(measure(parser.parse_args().repeats))


if __name__ == "__main__":
    main()
