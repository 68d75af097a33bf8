"""Whether all is well with the portal, for those who look after it."""

from flask import Blueprint

from intake.condition import Level, condition
from intake.desk.reach import looks_after_portal
from intake.desk.signing import DESK, signed_in
from intake.errors import NotAllowed
from intake.services import services

_PAGE = f"{DESK}tinh-trang/"

blueprint = Blueprint("condition", __name__)


@blueprint.get(_PAGE)
def condition_page() -> str:
    """Show what was found, the worst first."""
    account = signed_in()
    if not looks_after_portal(account, services().roles()):
        raise NotAllowed("Tình trạng cổng do Thư ký ISO và quản trị cổng theo dõi.")
    found = sorted(condition(services()), key=lambda finding: -finding.level.value)
    html = services().renderer.render(
        "desk/condition.html",
        desk=DESK,
        account=account,
        findings=found,
        well=all(each.level is Level.WELL for each in found),
        broken=sum(each.level is Level.BROKEN for each in found),
        watch=sum(each.level is Level.WATCH for each in found),
    )
    return services().pages.at(_PAGE.strip("/")).filled(html)
