"""How people react to messages in the sandbox."""

from prefect_getresponse.sandbox.world.reactions import NEVER, Reaction, reaction

PEOPLE = [f"person{number}@example.com" for number in range(1000)]


def test_an_address_always_does_the_same() -> None:
    assert reaction("jane@example.com", 5.0, 1.0) == reaction(" JANE@example.com", 5.0, 1.0)


def test_some_open_and_some_of_them_click_in_time() -> None:
    seen = [reaction(email, 0.0, 1.0) for email in PEOPLE]

    assert all(each.sent == 5.0 for each in seen)
    openers = [each for each in seen if each.opened < NEVER]
    clickers = [each for each in seen if each.clicked < NEVER]
    assert 350 < len(openers) < 450
    assert 100 < len(clickers) < 200
    assert all(each.sent < each.opened < each.clicked for each in clickers)
    assert len({each.opened for each in openers}) > len(openers) / 2


def test_domains_with_a_habit() -> None:
    rejected = reaction("a@rejected.example", 0.0, 1.0)
    bounced = reaction("a@bounced.example", 0.0, 1.0)
    complaint = reaction("a@complaint.example", 0.0, 1.0)
    scanner = reaction("a@scanner.example", 0.0, 1.0)

    assert rejected == Reaction(rejected=5.0)
    assert scanner == Reaction(sent=5.0, opened=5.0, clicked=5.0, human=False)
    assert bounced == Reaction(sent=5.0, bounced=35.0)
    assert complaint.sent < complaint.opened < complaint.complained < NEVER


def test_speed_divides_delays() -> None:
    assert reaction("a@bounced.example", 1000.0, 10.0).bounced == 1003.5
