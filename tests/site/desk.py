"""People at the desk, each in a browser of their own."""

import os
import re
import subprocess
import sys

from playwright.sync_api import Browser, BrowserContext, Page

from intake.configuration import PROJECT_ROOT, Places

PASSWORD = "mot cau dai de nho 2020"
ACCOUNTS = {
    "thuky": ("Trần Minh Thư", "KHCN", "secretariat"),
    "dauviec": ("Lê Văn Đầu", "BC", "coordinator:BC"),
    "truong": ("Phạm Thị Vân", "BC", "approver:BC"),
    "chihuy": ("Ngô Quốc Ban", "VP", "approver"),
    "xacminh": ("Đỗ Xuân Minh", "TTra", "verifier"),
    "quantri": ("Vũ Thị Quản", "VP", "administrator"),
}


def command(places: Places, *words: str) -> str:
    """Run a command on accounts and return what it says."""
    environment = {**os.environ, "QMS_ROOT": str(places.root)}
    run = subprocess.run(
        [sys.executable, "-m", "intake", "accounts", *words],
        cwd=PROJECT_ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return run.stdout


def first_password(said: str) -> str:
    return said.rpartition(": ")[2].strip()


class AtTheDesk:
    """Somebody with an account, signed in."""

    def __init__(self, browser: Browser, address: str, places: Places, name: str) -> None:
        full_name, unit, roles = ACCOUNTS[name]
        said = command(
            places, "put", name, "--full-name", full_name, "--unit", unit, "--roles", roles
        )
        self.name = name
        self.address = address
        self.context: BrowserContext = browser.new_context(
            locale="vi-VN", viewport={"width": 1280, "height": 900}
        )
        self.page: Page = self.context.new_page()
        self.sign_in(first_password(said))
        self.page.fill("#f-old", first_password(said))
        self.page.fill("#f-new", PASSWORD)
        self.page.fill("#f-again", PASSWORD)
        self.page.click("button.md-button--primary")
        self.page.wait_for_selector(".qms-desk-bar")

    def sign_in(self, password: str = PASSWORD) -> None:
        self.page.goto(f"{self.address}/xu-ly/")
        self.page.fill("#f-name", self.name)
        self.page.fill("#f-password", password)
        self.page.click("button.md-button--primary")

    def open(self, number: str) -> None:
        self.page.goto(f"{self.address}/xu-ly/phieu/?so={number}")
        self.page.wait_for_selector(f"[data-case='{number}']")

    def waiting(self) -> list[str]:
        self.page.goto(f"{self.address}/xu-ly/")
        return re.findall(r"so=([A-Z]+-\d+-\d+)", self.page.inner_html(".qms-desk"))

    def act(self, number: str, action: str, **answers: str) -> None:
        """Act as a person does: open the case, choose the action, fill its form, send it."""
        self.open(number)
        self.page.click(f"[data-action={action}]")
        fill(self.page, answers)
        self.page.click("[data-region=intake] button.md-button--primary")
        self.page.wait_for_selector("[data-case] .qms-summary--good")

    def state(self, number: str) -> str:
        self.open(number)
        return str(self.page.get_attribute("[data-case]", "data-state"))


def fill(page: Page, answers: dict[str, str]) -> None:
    for name, value in answers.items():
        asked = page.locator(f"[data-region=intake] [name={name}]").first
        kind = asked.evaluate("each => each.type || each.tagName")
        if kind == "radio":
            page.check(f"[name={name}][value='{value}']")
        elif kind.startswith("select"):
            page.select_option(f"[name={name}]", value)
        else:
            asked.fill(value)
