"""What GetResponse does later."""

from functools import partial

from prefect_getresponse.sandbox.world.agenda import Agenda


def _note(done: list[tuple[str, float]], name: str, moment: float) -> None:
    done.append((name, moment))


def test_what_is_due_is_done_in_order() -> None:
    agenda, done = Agenda(), list[tuple[str, float]]()
    for name, moment in (("c", 30.0), ("a", 10.0), ("b", 20.0)):
        agenda.at(moment, name, partial(_note, done, name))

    agenda.act(20.0)
    assert done == [("a", 10.0), ("b", 20.0)]
    agenda.act(100.0)
    assert done == [("a", 10.0), ("b", 20.0), ("c", 30.0)]


def test_an_action_may_note_another_that_is_due() -> None:
    agenda, done = Agenda(), list[float]()
    agenda.at(10.0, "a", lambda at: agenda.at(at + 5.0, "a", done.append))

    agenda.act(20.0)
    assert done == [15.0]


def test_what_is_forgotten_is_not_done() -> None:
    agenda, done = Agenda(), list[float]()
    agenda.at(10.0, "a", done.append)
    agenda.at(11.0, "b", done.append)
    agenda.forget("a")

    agenda.act(20.0)
    assert done == [11.0]
