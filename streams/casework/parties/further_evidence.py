"""Further photos of a party: taken with the case's move, and left for enrich in the same transaction."""

from collections.abc import Sequence

import msgspec

from schemas.codec import decode, encode
from schemas.errors import ContractError
from schemas.records import CaseEvidenceSent
from streams.cases.acts import AuditAct
from streams.cases.asked import Party
from streams.cases.case import Case
from streams.cases.parties import follow_up
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.reviewing.review import require_version
from streams.cases.sent_evidence import FollowUp, SentMedium
from streams.casework.ports import CaseDatabase
from streams.errors import Invalid


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken: the case afterwards, and the follow-up with the ids of its media."""

    case: Case
    follow_up: FollowUp


class FurtherEvidence:
    """Takes further photos and videos."""

    def __init__(self, database: CaseDatabase, procedure: Procedure = DEFAULT) -> None:
        """``procedure`` says how long the hearing lasts that a buyer's evidence opens."""
        self._database = database
        self._procedure = procedure

    def send(
        self, name: str, act: AuditAct, party: Party, media: Sequence[SentMedium], *, version: int | None = None
    ) -> Taken:
        """Return what was taken from ``party``: the case afterwards, and the follow-up; errors as of the verb.

        ``name`` is the case's id or its request's. Enrich looks at the media, and what it reads is stored with the
        case: nothing is decided by it, and history does not count it. See :func:`streams.cases.parties.follow_up.send`.
        """
        with self._database.changing_cases() as work:
            case = work.cases.get(name)
            require_version(case, version)
            request, before = work.cases.request_of(case), work.cases.follow_ups(case.case_id)
            known = {photo.partition("#")[0] for photo in work.photos.of(case)}
            known |= {one.media_id for one in request.reference_media}
            known |= {one.media_id for each in before for one in each.media}
            ends_ms = self._procedure.of(case.category).rehearing_ends_ms(act.at_ms)
            done = follow_up.send(case, act, party, media, before, known, ends_ms)
            sent = done.follow_up
            if sent is None:
                raise AssertionError
            message = _kept_to_contract(follow_up.message_of(sent, case, request))
            work.cases.apply([msgspec.structs.replace(done, message=message)])
            return Taken(case=done.after, follow_up=sent)

    def media_of(self, case_id: str) -> set[str]:
        """Return the ids of all media that parties sent on the case."""
        with self._database.seeing_cases() as work:
            return {one.media_id for each in work.cases.follow_ups(case_id) for one in each.media}


def _kept_to_contract(message: CaseEvidenceSent) -> CaseEvidenceSent:
    """Return the message, which whoever reads it can read; :class:`streams.errors.Invalid` says what is wrong."""
    try:
        return decode(CaseEvidenceSent, encode(message))
    except ContractError as exc:
        msg = f"these media cannot be taken: {exc}"
        raise Invalid(msg) from exc
