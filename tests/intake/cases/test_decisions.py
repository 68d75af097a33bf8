"""Who may do what on a slip, and when: every role, action and state, every gate, any sequence."""

import dataclasses
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.cases.case import Case
from intake.cases.decisions import decide, options
from intake.cases.people import Grant, Person
from intake.errors import NotAllowed
from intake.receipts import new_token
from tests.intake.cases.slips import (
    ACCEPTED,
    ANALYSED,
    ANSWERS,
    APPROVED,
    CHAIR,
    CLOSED,
    CONFIRMED,
    COORDINATOR,
    DECIDED,
    EFFECTIVE,
    EVERYONE,
    HANDED_OVER,
    HEAD,
    INEFFECTIVE,
    SECRETARY,
    SUBMITTED,
    TODAY,
    VERIFIER,
    WORKFLOW,
    after,
    done,
    opened,
    person,
    through,
)

IN_STATE: dict[str, Callable[[], Case]] = {
    "new": opened,
    "accepted": lambda: through(*ACCEPTED),
    "analysis": lambda: through(*ANALYSED),
    "approval": lambda: through(*SUBMITTED),
    "execution": lambda: through(*APPROVED),
    "verification": lambda: through(*HANDED_OVER),
    "closed": lambda: through(*CLOSED),
    "rejected": lambda: through((SECRETARY, "reject")),
    "cancelled": lambda: through(*ACCEPTED, (SECRETARY, "cancel")),
}


def refused(case: Case, who: Person, action: str, **cells: str) -> str:
    with pytest.raises(NotAllowed) as refusal:
        done(case, who, action, cells)
    return refusal.value.message


# The whole way


def test_a_slip_goes_the_whole_way_with_a_round_that_had_no_effect() -> None:
    case = through(
        *CONFIRMED,
        (COORDINATOR, "record_cause"),
        (COORDINATOR, "plan_action"),
        (COORDINATOR, "submit"),
        (HEAD, "return"),
        (COORDINATOR, "record_cause"),
        (COORDINATOR, "submit"),
        (HEAD, "approve"),
        (COORDINATOR, "finish_action"),
        (COORDINATOR, "hand_over"),
        (VERIFIER, "check", {"conclusion": "ineffective"}),
        (VERIFIER, "reopen"),
        (COORDINATOR, "record_cause"),
        (COORDINATOR, "plan_action", {"task": "Sửa phần mềm theo dõi"}),
        (COORDINATOR, "submit"),
        (HEAD, "approve"),
        (COORDINATOR, "finish_action", {"planned_action": "2"}),
        (COORDINATOR, "hand_over"),
        (VERIFIER, "check"),
        (COORDINATOR, "decide_documents"),
        (SECRETARY, "close"),
    )
    assert case.state == "closed"
    assert [(each.ordinal, each.outcome) for each in case.planned] == [(1, "done"), (2, "done")]
    assert len(case.events) == 23


def test_a_slip_without_effect_may_end_in_a_new_one() -> None:
    assert done(through(*INEFFECTIVE), SECRETARY, "follow_up").state == "closed"
    assert "không hiệu lực" in refused(through(*EFFECTIVE), SECRETARY, "follow_up")


# Roles and states


@pytest.mark.parametrize(("state", "action"), list(product(IN_STATE, ANSWERS)))
def test_only_the_roles_of_the_table_act_and_only_in_its_states(state: str, action: str) -> None:
    case = IN_STATE[state]()
    assert case.state == state
    transition = WORKFLOW.transition(state, action)
    for who in EVERYONE:
        if transition is None:
            assert WORKFLOW.states[state].title in refused(case, who, action)
        elif who.grants[0].role not in transition.roles:
            assert "vai trò" in refused(case, who, action)
        else:
            offered = options(WORKFLOW, case, who, TODAY)
            refusal = next(each.refusal for each in offered if each.transition.action == action)
            assert not refusal or refusal == refused(case, who, action)


def test_a_role_of_another_unit_reaches_nothing() -> None:
    others = [person("khac", role, "VP") for role in ("coordinator", "approver", "secretariat")]
    for make, who in product(IN_STATE.values(), others):
        assert options(WORKFLOW, make(), who, TODAY) == []
        for action in ANSWERS:
            refused(make(), who, action)


def test_the_widest_of_several_grants_counts() -> None:
    both = Person("ban", "", "", "VP", (Grant("approver", "BC"), Grant("approver")))
    major = through(*ACCEPTED, (SECRETARY, "confirm", {"grade": "major"}), *ANALYSED[2:])
    major = done(major, COORDINATOR, "submit")
    assert done(major, both, "approve").state == "execution"


def test_an_owner_unit_ends_its_own_action_and_no_other() -> None:
    case = through(
        *ANALYSED, (COORDINATOR, "plan_action", {"owner_unit": "VP"}), (COORDINATOR, "submit")
    )
    case = done(case, HEAD, "approve")
    other = person("vp", "coordinator", "VP")
    assert "đơn vị khác" in refused(case, other, "finish_action", planned_action="1")
    assert done(case, other, "finish_action", {"planned_action": "2"}).open_actions()
    assert "vai trò" in refused(case, other, "hand_over")


def test_the_options_are_the_actions_with_why_not() -> None:
    found = options(WORKFLOW, through(*CONFIRMED), COORDINATOR, TODAY)
    by_action = {each.transition.action: each.refusal for each in found}
    assert by_action["record_cause"] == ""
    assert "nguyên nhân" in by_action["submit"]
    assert "cancel" not in by_action
    assert "note" in by_action


@pytest.mark.parametrize("state", IN_STATE)
def test_what_is_offered_without_a_but_is_taken(state: str) -> None:
    case = IN_STATE[state]()
    for who in EVERYONE:
        for option in options(WORKFLOW, case, who, TODAY):
            if not option.refusal:
                done(case, who, option.transition.action)


# Gates


def test_who_reports_does_not_decide() -> None:
    by_email = {"sender_email": "THUKY@example.gov.vn"}
    by_name = {"sender_name": "nguoi  TRUONG"}
    assert "người báo" in refused(opened(by_email), SECRETARY, "accept")
    assert "người báo" in refused(opened(by_email), SECRETARY, "reject")
    case = opened(by_name)
    for who, action in SUBMITTED:
        case = done(case, who, action)
    assert "người báo" in refused(case, HEAD, "approve")
    assert "người báo" in refused(case, HEAD, "return")
    assert done(case, CHAIR, "approve").state == "execution"


def test_who_reports_with_an_account_is_known_by_it() -> None:
    first = dataclasses.replace(opened().events[0], actor=SECRETARY.acting(SECRETARY.grants[0]))
    assert "người báo" in refused(Case((first,)), SECRETARY, "accept")


def test_a_major_nonconformity_is_analysed_and_approved_by_the_committee() -> None:
    case = through(*ACCEPTED)
    no_analysis = {"analysis_needed": "no", "no_analysis_reason": "Đã sửa xong ngay."}
    assert "luôn phải" in refused(case, SECRETARY, "confirm", grade="major", **no_analysis)
    case = done(case, SECRETARY, "confirm", {"grade": "major"})
    for who, action in SUBMITTED[2:]:
        case = done(case, who, action)
    assert "Trưởng Ban" in refused(case, HEAD, "approve")
    case = done(case, CHAIR, "approve")
    assert "Trưởng Ban" in refused(case, HEAD, "extend_action")


def test_a_cause_and_an_action_come_before_approval() -> None:
    assert "nguyên nhân" in refused(through(*CONFIRMED), COORDINATOR, "submit")
    without_action = done(through(*CONFIRMED), COORDINATOR, "record_cause")
    assert "hành động" in refused(without_action, COORDINATOR, "submit")
    dropped = done(through(*ANALYSED), COORDINATOR, "drop_action")
    assert "hành động" in refused(dropped, COORDINATOR, "submit")


def test_an_analysis_that_is_not_needed_is_not_asked_for() -> None:
    case = through(*ACCEPTED)
    cells = {"analysis_needed": "no", "no_analysis_reason": "Đã sửa xong ngay."}
    case = done(done(case, SECRETARY, "confirm", cells), COORDINATOR, "plan_action")
    assert done(case, COORDINATOR, "submit").state == "approval"


def test_after_no_effect_a_new_cause_and_a_new_action_are_asked_for() -> None:
    case = done(through(*INEFFECTIVE), VERIFIER, "reopen")
    assert "nguyên nhân" in refused(case, COORDINATOR, "submit")
    case = done(case, COORDINATOR, "record_cause")
    assert "hành động" in refused(case, COORDINATOR, "submit")


@pytest.mark.parametrize(
    ("cause", "taken"),
    [
        ("Do cán bộ sơ suất.", False),
        ("do so suat", False),
        ("Do công chức thiếu tinh thần trách nhiệm", False),
        ("Chưa nghiên cứu kỹ của chuyên viên", False),
        ("Do cán bộ sơ suất, vì phần mềm không kiểm tra ô bắt buộc", True),
        ("Mẫu văn bản không có hạn trả lời", True),
    ],
)
def test_carelessness_is_no_root_cause(cause: str, taken: bool) -> None:
    case = done(through(*ANALYSED), COORDINATOR, "record_cause", {"root_cause": cause})
    if taken:
        assert done(case, COORDINATOR, "submit").state == "approval"
    else:
        assert "lỗi của người" in refused(case, COORDINATOR, "submit")


def test_every_action_ends_before_verification() -> None:
    case = through(*APPROVED)
    assert "số 1" in refused(case, COORDINATOR, "hand_over")
    case = done(case, COORDINATOR, "finish_action")
    assert "chưa kết thúc" in refused(case, COORDINATOR, "finish_action")
    assert done(case, COORDINATOR, "hand_over").state == "verification"


def test_only_an_open_action_is_ended_extended_or_dropped() -> None:
    assert "mang số này" in refused(
        through(*ANALYSED), COORDINATOR, "drop_action", planned_action="2"
    )
    for who, action in ((COORDINATOR, "finish_action"), (HEAD, "extend_action")):
        assert "mang số này" in refused(through(*APPROVED), who, action, planned_action="9")


def test_a_deadline_moves_on_before_it_has_passed_and_only_on() -> None:
    case = through(*APPROVED)
    assert "phải sau" in refused(case, HEAD, "extend_action", deadline="2020-10-15")
    moved = done(case, HEAD, "extend_action")
    assert moved.planned[0].deadlines == ("2020-10-15", "2020-11-15")
    late = through(
        *CONFIRMED,
        (COORDINATOR, "record_cause"),
        (COORDINATOR, "plan_action", {"deadline": "2020-09-29"}),
        (COORDINATOR, "submit"),
        (HEAD, "approve"),
    )
    assert "quá hạn" in refused(late, HEAD, "extend_action")


def test_who_verifies_did_nothing_else() -> None:
    case = through(*HANDED_OVER)
    for account, why in (("truong", "duyệt"), ("dauviec", "thực hiện")):
        assert why in refused(case, person(account, "verifier", home="VP"), "check")
    assert "người ngoài đơn vị" in refused(case, person("noibo", "verifier", home="BC"), "check")
    reported = opened({"sender_name": "Người xacminh"})
    for who, action in HANDED_OVER:
        reported = done(reported, who, action)
    assert "người báo" in refused(reported, VERIFIER, "check")
    assert done(reported, person("noibo", "verifier", home="BC"), "check")


def test_who_verified_does_not_approve_the_next_round() -> None:
    case = done(through(*INEFFECTIVE), VERIFIER, "reopen")
    for action in ("record_cause", "plan_action", "submit"):
        case = done(case, COORDINATOR, action)
    assert "xác minh" in refused(case, person("xacminh", "approver", home="TTra"), "approve")


def test_closing_asks_for_the_conclusion_and_the_decision_on_documents() -> None:
    assert "có hiệu lực" in refused(through(*HANDED_OVER), SECRETARY, "close")
    assert "tài liệu" in refused(through(*EFFECTIVE), SECRETARY, "close")
    postponed = done(
        through(*HANDED_OVER),
        VERIFIER,
        "check",
        {"conclusion": "postponed", "check_on": "2021-01-15"},
    )
    assert "có hiệu lực" in refused(postponed, SECRETARY, "close")
    assert "có hiệu lực" in refused(through(*INEFFECTIVE), COORDINATOR, "decide_documents")
    assert "không hiệu lực" in refused(through(*EFFECTIVE), VERIFIER, "reopen")


def test_a_later_check_takes_back_an_earlier_one() -> None:
    case = done(through(*DECIDED), VERIFIER, "check", {"conclusion": "ineffective"})
    assert "có hiệu lực" in refused(case, SECRETARY, "close")
    case = done(case, VERIFIER, "check")
    assert "tài liệu" in refused(case, SECRETARY, "close")


# Any sequence


@given(st.lists(st.tuples(st.sampled_from(EVERYONE), st.sampled_from(sorted(ANSWERS)))))
def test_no_sequence_leaves_the_table_or_passes_a_gate(steps: list[tuple[Person, str]]) -> None:
    case = opened()
    for who, action in steps:
        before = case.state
        try:
            case = done(case, who, action)
        except NotAllowed:
            assert case.state == before
            continue
        transition = WORKFLOW.transition(before, action)
        assert transition
        assert case.state == transition.target
        assert who.grants[0].role in transition.roles
    check_closed(case)


@st.composite
def lively(draw: st.DrawFn) -> Case:
    """Walk through what is offered, so that the far states are reached too."""
    case = opened()
    for _ in range(draw(st.integers(0, 30))):
        offered = [
            (who, each.transition.action)
            for who in EVERYONE
            for each in options(WORKFLOW, case, who, TODAY)
            if not each.refusal and each.transition.action not in {"note", "inform", "assign"}
        ]
        if not offered:
            break
        who, action = draw(st.sampled_from(offered))
        cells = {}
        if action == "check":
            cells = {"conclusion": draw(st.sampled_from(["effective", "ineffective"]))}
        if case.open_actions() and "planned_action" in ANSWERS[action]:
            cells = {"planned_action": str(draw(st.sampled_from(case.open_actions())).ordinal)}
        try:
            case = done(case, who, action, cells)
        except NotAllowed:
            continue
    return case


@given(lively())
def test_whatever_way_a_slip_took_its_gates_held(case: Case) -> None:
    check_closed(case)
    assert case.people("approve").isdisjoint(case.people("check"))
    assert case.people("check").isdisjoint(case.people("finish_action", "hand_over"))


def check_closed(case: Case) -> None:
    """Check what must be true of a slip in its state, from its events alone."""
    assert case.state in WORKFLOW.states
    actions = [event.action for event in case.events]
    if case.state in {"execution", "verification", "closed"}:
        assert "approve" in actions
        assert "plan_action" in actions
    if case.state in {"verification", "closed"}:
        assert not case.open_actions()
    if case.state == "closed":
        assert actions[-1] in {"close", "follow_up"}
        conclusion = next(
            event.cells["conclusion"] for event in reversed(case.events) if event.action == "check"
        )
        assert conclusion == ("effective" if actions[-1] == "close" else "ineffective")
        if actions[-1] == "close":
            assert "decide_documents" in actions


# What goes into the journal


def test_a_decision_names_who_acted_on_what() -> None:
    decision = decide(WORKFLOW, opened(), SECRETARY, "accept", ANSWERS["accept"], TODAY)
    act = decision.act(new_token())
    assert (act.number, act.version, act.action, act.state) == (
        "KPH-2020-001",
        1,
        "accept",
        "accepted",
    )
    assert act.actor == SECRETARY.acting(Grant("secretariat"))
    assert act.workflow_hash == WORKFLOW.hash


def test_a_changed_table_does_not_break_what_was_folded() -> None:
    past = after(through(*ACCEPTED), "long_gone", SECRETARY, "long_gone", {})
    case = Case((*through(*ACCEPTED).events, past))
    assert case.state == "long_gone"
    assert "không còn dùng" in refused(case, SECRETARY, "accept")
    assert options(WORKFLOW, case, SECRETARY, TODAY) == []
