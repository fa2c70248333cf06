"""What the database keeps of a person's photos: cleared, and nothing else with it."""

from collections.abc import Iterator, Sequence

import pytest

from schemas.names import claim_sighting
from schemas.records import RefundDecided
from streams.adapters.sql.cases.erasures import SqlErasureRecords
from streams.adapters.sql.cases.trail import PersonKeys
from streams.adapters.sql.engine import reading
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.cases.acts import AuditAct
from streams.cases.audit import verify
from streams.cases.gathered import record_of
from streams.cases.record.erasure import Needs, PersonsPhoto, Plan, photos_of, plan
from streams.casework.record.erasure import finish
from tests.builders import a_medium_evidence, with_changes
from tests.contract.judging import NOW_MS, AJudge, bytes_of, some_evidence, suspecting
from tests.contract.sql import Database

LIN = AuditAct(by="lin.wei", note="request 2026-114", at_ms=NOW_MS + 60_000)
FINGERPRINT = "0" * 64
NEEDS = Needs()


@pytest.fixture
def erasures(database: Database) -> SqlErasureRecords:
    return SqlErasureRecords(database.engine)


@pytest.fixture
def decided(database: Database) -> list[RefundDecided]:
    """rr-2 of b-2 resembles rr-1 of b-1, and rr-3 of b-3 resembles rr-2; rr-2 and rr-3 have cases."""
    judge = suspecting("rr-2", "rr-3")
    asked = [some_evidence("rr-1"), some_evidence("rr-2", like=("rr-1",)), some_evidence("rr-3", like=("rr-2",))]
    made = [database.decide(judge, evidence)[0] for evidence in asked]
    database.change("UPDATE claims SET person = replace(request_id, 'rr-', 'b-')")  # digests are those of one buyer
    return made


def photos(erasures: SqlErasureRecords, *persons: str) -> list[PersonsPhoto]:
    return [photo for claim in erasures.claims_of(persons) for photo in photos_of(claim, [])]


def a_plan(going: Sequence[PersonsPhoto], held: Sequence[PersonsPhoto] = ()) -> Plan:
    return Plan(tuple(going), dict.fromkeys(held, "OPEN_CASE"))


def erase(database: Database, erasures: SqlErasureRecords, *persons: str) -> str:
    found = photos(erasures, *persons)
    gone = [photo.photo.sha256 for photo in found if photo.photo.sha256 is not None]
    erasure_id = erasures.begin(LIN)
    finish(database.casework, erasure_id, a_plan(found), gone, LIN)
    return erasure_id


def texts(database: Database) -> Iterator[str]:
    """Everything that may hold a fingerprint or a SHA-256 of a photo, with what keys let one read."""
    yield from rows_as_text(database)
    yield from ((entry.payload or b"").decode() for entry in database.entries())


def rows_as_text(database: Database) -> Iterator[str]:
    """Everything in the tables, as whoever has a copy of them sees it."""
    tables = ("claims", "photo_matches", "forged_photos", "harmless_photos", "audit", "outbox", "erasures", "cases")
    for table in tables:
        for row in database.rows(f"SELECT * FROM {table}"):  # noqa: S608 - our own names
            yield from (bytes(cell).decode(errors="replace") if isinstance(cell, bytes) else str(cell) for cell in row)


def names(database: Database, request_id: str) -> list[str]:
    return [text for text in texts(database) if bytes_of(request_id) in text]


@pytest.mark.usefixtures("decided")
def test_a_persons_claims_are_found_with_what_is_kept_of_their_photos(erasures: SqlErasureRecords) -> None:
    [photo] = photos(erasures, "b-2")
    assert (photo.request_id, photo.photo.media_id, photo.photo.sha256) == ("rr-2", "c1", bytes_of("rr-2"))
    assert photo.photo.fingerprint_bits == FINGERPRINT
    assert (photo.state, photo.forged) == ("AWAITING_MERCHANT", False)
    assert photo.beside == {bytes_of("rr-3")}
    assert [one.request_id for one in photos(erasures, "b-1", "b-3")] == ["rr-1", "rr-3"]
    assert photos(erasures, "b-nobody") == []


def gathered(database: Database, case_id: str) -> bytes | None:
    with reading(database.engine) as connection:
        return PersonKeys(database.engine.dialect).evidence(connection, case_id)


def test_no_fingerprint_and_no_hash_of_an_erased_photo_is_left_and_others_keep_theirs(
    database: Database, erasures: SqlErasureRecords, decided: list[RefundDecided]
) -> None:
    case_id = str(decided[1].case_id)
    assert gathered(database, case_id) == record_of(some_evidence("rr-2", like=("rr-1",)))
    assert len(names(database, "rr-2")) == 3, "beside its claim, as the later photo, and as the earlier one"

    erase(database, erasures, "b-2")

    assert names(database, "rr-2") == []
    assert gathered(database, case_id) is None
    assert len(names(database, "rr-1")) == 2
    assert len(names(database, "rr-3")) == 2
    [photo] = photos(erasures, "b-2")
    assert (photo.photo.media_id, photo.measured) == ("c1", False)
    assert database.rows("SELECT photos FROM claims WHERE request_id = 'rr-2'") == [('[["c1",null,null,null]]',)]


@pytest.mark.usefixtures("decided")
def test_what_the_judge_saw_of_an_erased_photo_goes_also_where_a_later_one_resembled_it(
    database: Database, erasures: SqlErasureRecords
) -> None:
    erase(database, erasures, "b-2")

    found, _ = SqlKeptEvidence(database.engine).after(0, NOW_MS + 1, 10)
    assert [one.request_id for one in found] == ["rr-1"]


def test_of_a_chunk_only_what_is_erased_goes(database: Database, erasures: SqlErasureRecords) -> None:
    batch = [some_evidence(f"rr-{number}", buyer_id=f"b-{number}") for number in range(4)]
    database.store.decide(batch, AJudge(), NOW_MS)

    erase(database, erasures, "b-2")

    found, _ = SqlKeptEvidence(database.engine).after(0, NOW_MS + 1, 10)
    assert [one.request_id for one in found if one.kept is not None] == ["rr-0", "rr-1", "rr-3"]


def test_decisions_clusters_and_resemblances_stay(
    database: Database, erasures: SqlErasureRecords, decided: list[RefundDecided]
) -> None:
    before = database.rows("SELECT request_id, verdict, message FROM decisions ORDER BY request_id")
    clusters = database.clusters()

    erase(database, erasures, "b-2")

    assert database.rows("SELECT request_id, verdict, message FROM decisions ORDER BY request_id") == before
    assert database.clusters() == clusters
    again = some_evidence("rr-2", like=("rr-1",))
    assert database.decide(AJudge(), again) == [decided[1]]
    [match] = database.file_of(decided[2]).photo_matches
    assert (match.earlier_sighting_id, match.distance_bits) == (photos(erasures, "b-2")[0].sighting_id, 7)


def test_the_case_says_that_its_photos_were_erased_and_its_chain_verifies(
    database: Database, erasures: SqlErasureRecords, decided: list[RefundDecided]
) -> None:
    erasure_id = erase(database, erasures, "b-2")

    file = database.file_of(decided[1])
    assert [(entry.action, entry.actor) for entry in file.audit] == [
        ("CASE_OPENED", "system"),
        ("PHOTOS_ERASED", "lin.wei"),
    ]
    assert erasure_id.encode() in (file.audit[1].payload or b"")
    assert verify(file.case.case_id, file.audit) is None
    assert [entry.action for entry in database.file_of(decided[2]).audit] == ["CASE_OPENED"]


@pytest.mark.usefixtures("decided")
def test_an_erasure_is_on_record_without_the_person(database: Database, erasures: SqlErasureRecords) -> None:
    erasure_id = erasures.begin(LIN)
    begun = (erasure_id, LIN.at_ms, "lin.wei", "request 2026-114")
    assert database.rows("SELECT * FROM erasures") == [(*begun, None, None, None)]

    found = photos(erasures, "b-2")
    held = photos(erasures, "b-1", "b-3")
    later = AuditAct(by=LIN.by, note=LIN.note, at_ms=LIN.at_ms + 5)
    finish(database.casework, erasure_id, a_plan(found, held), [bytes_of("rr-2")], later)

    assert database.rows("SELECT * FROM erasures") == [(*begun, LIN.at_ms + 5, 1, 2)]


def test_a_repeat_changes_nothing_and_says_nothing_more(
    database: Database, erasures: SqlErasureRecords, decided: list[RefundDecided]
) -> None:
    erase(database, erasures, "b-2")
    before = (database.rows("SELECT * FROM photo_matches"), database.rows("SELECT * FROM claims"))

    again = erasures.begin(AuditAct(by="chen.yu", note="", at_ms=1))
    finish(database.casework, again, a_plan(photos(erasures, "b-2")), [], LIN)

    assert (database.rows("SELECT * FROM photo_matches"), database.rows("SELECT * FROM claims")) == before
    assert len(database.file_of(decided[1]).audit) == 2


def test_a_photo_leaves_the_bank_by_its_bytes_and_its_fingerprint_and_the_verdict_stays(
    database: Database, erasures: SqlErasureRecords, decided: list[RefundDecided]
) -> None:
    forged = decided[1]
    assert forged.case_id is not None
    database.forgeries.confirm(forged.case_id, LIN, heard=True)
    [photo] = photos(erasures, "b-2")
    assert photo.forged

    erase(database, erasures, "b-2")

    assert database.rows("SELECT sighting_id, sha256, fingerprint_version, fingerprint_bits FROM forged_photos") == [
        (claim_sighting("rr-2", forged.request_digest, "c1"), None, None, None)
    ]
    assert database.file_of(forged).case.verdict == "FORGERY_CONFIRMED"
    judge = AJudge()
    same_bytes = some_evidence("rr-4", buyer_id="b-4")
    medium = with_changes(same_bytes.media[0], sha256=bytes_of("rr-2"))
    database.decide(judge, with_changes(same_bytes, media=[medium]))
    assert judge.asked[0].marks.forged == frozenset()


@pytest.mark.parametrize("like", ["rr-1", None])
def test_marks_that_name_erased_bytes_go_with_what_the_trail_says_of_them(
    database: Database, erasures: SqlErasureRecords, decided: list[RefundDecided], like: str | None
) -> None:
    case_id = decided[1].case_id
    assert case_id is not None
    database.harmless.mark(case_id, "c1", LIN, like=like)
    parted = database.clusters()
    assert len(names(database, "rr-2")) == 5

    erase(database, erasures, "b-2")

    assert names(database, "rr-2") == []
    assert list(database.harmless.marks()) == []
    assert database.clusters() == parted, "what people parted stays so"
    file = database.file_of(decided[1])
    assert [entry.payload is None for entry in file.audit] == [False, True, False]
    assert verify(case_id, file.audit) is None


def test_a_mark_on_another_persons_case_that_names_erased_bytes_goes_too(
    database: Database, erasures: SqlErasureRecords, decided: list[RefundDecided]
) -> None:
    case_id = decided[2].case_id
    assert case_id is not None
    database.harmless.mark(case_id, "c1", LIN, like="rr-2")

    erase(database, erasures, "b-2")

    assert names(database, "rr-2") == []
    assert verify(case_id, database.file_of(decided[2]).audit) is None


@pytest.mark.usefixtures("decided")
def test_a_mark_that_names_bytes_which_somebody_else_has_too_stays(
    database: Database, erasures: SqlErasureRecords
) -> None:
    [case] = [case for case in database.cases.list_cases() if case.request_id == "rr-2"]
    [mark] = database.harmless.mark(case.case_id, "c1", LIN).marks

    finish(database.casework, erasures.begin(LIN), a_plan(photos(erasures, "b-2")), [], LIN)

    assert list(database.harmless.marks()) == [mark]


def test_photos_that_have_to_stay_keep_all_that_is_known_of_them(
    database: Database, erasures: SqlErasureRecords
) -> None:
    media = [a_medium_evidence(name, sha256=bytes_of(name)) for name in ("c1", "c2")]
    database.decide(suspecting("rr-1"), with_changes(some_evidence("rr-1"), media=media))
    first, second = photos(erasures, "b-1")

    finish(database.casework, erasures.begin(LIN), a_plan([first], [second]), [bytes_of("c1")], LIN)

    assert (names(database, "c1"), len(names(database, "c2"))) == ([], 1)
    assert photos(erasures, "b-1")[1].photo == second.photo


def test_a_claim_from_before_photos_were_kept_is_found_without_them(
    database: Database, erasures: SqlErasureRecords
) -> None:
    database.decide(AJudge(), some_evidence("rr-1"))
    database.change("UPDATE claims SET photos = NULL")
    [claim] = erasures.claims_of(["b-1"])
    assert claim.photos == ()


def whose_keys_go(erasures: SqlErasureRecords, person: str, needs: Needs = NEEDS) -> tuple[str, ...]:
    return plan(photos(erasures, person), needs, [person], erasures.claims_of([person])).keys_of


def test_what_was_said_on_a_case_is_stored_so_that_only_the_persons_key_reads_it(
    database: Database, erasures: SqlErasureRecords, decided: list[RefundDecided]
) -> None:
    database.change("UPDATE claims SET person = 'b-1'")  # whose cases they are
    said = AuditAct(by="m-1", note="出库时完好, ask Zhang San", at_ms=NOW_MS + 1_000)
    database.hearings.state(str(decided[1].case_id), said, "merchant")
    assert said.note.encode() in (database.file_of(decided[1]).audit[-1].payload or b"")
    assert not any("Zhang San" in text for text in rows_as_text(database))

    finish(database.casework, erasures.begin(LIN), Plan((), {}, ("b-1",)), [], LIN)

    assert erasures.readable(["b-1"]) == 0
    file = database.file_of(decided[1])
    assert [entry.payload is None for entry in file.audit] == [True, True, False]
    assert file.audit[-1].action == "WORDS_ERASED", "the trail says so, or it would be a broken one"
    assert verify(file.case.case_id, file.audit) is None
    again = AuditAct(by="lin.wei", note="again", at_ms=LIN.at_ms + 1)
    finish(database.casework, erasures.begin(again), Plan((), {}, ("b-1",)), [], again)
    assert len(database.file_of(decided[1]).audit) == 3, "once"
    database.hearings.withdraw(str(decided[1].case_id), LIN)
    assert b"2026-114" in (database.file_of(decided[1]).audit[-1].payload or b""), "what is said later has a new key"


def test_what_was_said_before_there_were_keys_goes_too(
    database: Database, erasures: SqlErasureRecords, decided: list[RefundDecided]
) -> None:
    database.change("UPDATE claims SET person = 'b-1'")  # whose cases they are
    for entry in database.entries():
        where = "WHERE case_id = :case AND seq = :seq"
        database.change(
            f"UPDATE audit SET salt = :salt, payload = :payload {where}",  # noqa: S608 - our own names
            salt=entry.salt,
            payload=entry.payload,
            case=entry.case_id,
            seq=entry.seq,
        )
    file = database.file_of(decided[1])
    assert file.audit[0].payload is not None
    assert verify(file.case.case_id, file.audit) is None

    finish(database.casework, erasures.begin(LIN), Plan((), {}, ("b-1",)), [], LIN)

    assert database.file_of(decided[1]).audit[0].payload is None
    assert erasures.readable(["b-1"]) == 0


@pytest.mark.usefixtures("decided")
def test_while_anything_of_a_person_has_to_stay_the_key_stays(database: Database, erasures: SqlErasureRecords) -> None:
    assert whose_keys_go(erasures, "b-2") == ()
    assert whose_keys_go(erasures, "b-2", Needs(open_cases=False)) == ("b-2",)
    assert whose_keys_go(erasures, "b-1") == ("b-1",), "it has no case"
    database.change("UPDATE claims SET photos = NULL")
    assert whose_keys_go(erasures, "b-2") == (), "an open case without photos"


@pytest.mark.usefixtures("decided")
def test_a_legal_hold_stands_until_it_is_lifted_and_stays_on_record(
    database: Database, erasures: SqlErasureRecords
) -> None:
    erasures.hold(["b-1", "b-2"], LIN)
    assert [(hold.person, hold.placed_by) for hold in erasures.holds(["b-2", "b-3"])] == [("b-2", "lin.wei")]

    assert erasures.lift(["b-2"], LIN) == 1
    assert erasures.holds(["b-2"]) == []
    assert erasures.lift(["b-2"], LIN) == 0
    assert database.rows("SELECT person, lifted_by FROM legal_holds ORDER BY person") == [
        ("b-1", None),
        ("b-2", "lin.wei"),
    ]
