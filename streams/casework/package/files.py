"""The files of one package, one after the other: originals, pictures, records, proof, pages."""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from schemas.codec import decode
from schemas.records import EvidenceGathered, MediumEvidence, RefundDecided
from streams.cases.acts import Action
from streams.cases.audit import AuditEntry, details_of
from streams.cases.gathered import media_of, record_of
from streams.cases.record.seals import Leaf, Seal, path_to
from streams.cases.sent_evidence import FollowUp
from streams.casework.package import verification
from streams.casework.package.archive import Archive, as_json
from streams.casework.package.blocks import seen
from streams.casework.package.contents import Asked, Contents, Made, Sources
from streams.casework.package.document import blocks
from streams.casework.package.listed_files import ListedFiles
from streams.casework.package.page import page
from streams.casework.package.pdf import pdf
from streams.casework.record.sealing_ports import Stamp
from streams.errors import CaseChanged
from streams.wording.tables import texts


class Package:
    """One package while it is made."""

    def __init__(
        self,
        sources: Sources,
        asked: Asked,
        seal: Seal,
        archive: Archive,
    ) -> None:
        self._records, self._seals = sources.records, sources.seals
        self._asked, self._seal, self._archive = asked, seal, archive
        self._case = asked.found.case
        self._full = asked.audience != "ai-provider"
        self._files = ListedFiles(archive, sources.originals)
        content = self._records.gathered(self._case.case_id)
        self._gathered = content
        self._evidence = None if content is None else msgspec.json.decode(content, type=EvidenceGathered)
        self._read_later: list[EvidenceGathered] = []
        self._unread: set[str] = set()

    def write(self) -> Made:
        """Return what was written into the archive; :class:`CaseChanged` where the case went on since it was read."""
        received = None if self._evidence is None else self._evidence.appended_at_ms
        for medium in self._media():
            self._files.original(medium, received if medium.role == "claim" else None)
        self._files.pictures(self._media() if self._full else ())
        self._judged()
        self._files.missing += self._records_not_kept()
        leaf, audit = self._leaf()
        for sent in self._sent(audit):
            self._later(sent)
        later = self._records.seals_from(self._seal.seal_no)
        stamp = next((one for one in self._seals.stamps() if one.seal_no == later[-1].seal_no), None)
        self._proof(leaf, audit, later, stamp)
        with_pdf = self._index(audit, later[-1], stamp)
        case = self._case
        listed = self._archive.close(
            case_id=case.case_id,
            version=case.version,
            seal_no=self._seal.seal_no,
            audience=self._asked.audience,
            not_kept=sorted(self._files.missing),
        )
        return Made(
            case_id=case.case_id,
            version=case.version,
            seal_no=self._seal.seal_no,
            stamped=stamp is not None,
            list_sha256=listed,
            files=len(self._archive.listed) + 1,
            missing=tuple(self._files.missing),
            unread=frozenset(self._unread),
            pdf=with_pdf,
        )

    def _media(self) -> Iterator[MediumEvidence]:
        media = [] if self._evidence is None else self._evidence.media
        return (medium for medium in media if self._full or medium.role == "claim")

    def _sent(self, audit: list[AuditEntry]) -> Iterator[FollowUp]:
        """Give what parties sent up to the sealed entry, and was looked at up to then; what was not is missing."""
        sent, read = (_follow_ups(audit, action) for action in (Action.EVIDENCE_SENT, Action.EVIDENCE_READ))
        for one in self._asked.found.follow_ups if self._full else ():
            if one.number in read and one.evidence is not None:
                yield one
            elif one.number in sent:
                names = [f"{later(one.number)}{medium.media_id}" for medium in one.media]
                self._files.missing += names
                if one.number not in read:
                    self._unread.update(names)
                else:
                    self._files.missing += [f"{later(one.number)}{name}" for name in ("media.json", "evidence.json")]

    def _later(self, sent: FollowUp) -> None:
        """Put in what a party sent later and what was read from it, as an entry of the trail commits to both.

        What it was compared with is put in where the package does not have those bytes yet.
        """
        evidence = sent.evidence
        if evidence is None:
            raise AssertionError
        names, at = {one.media_id for one in sent.media}, later(sent.number)
        media = [one for one in evidence.media if one.media_id in names]
        for medium in media:
            self._files.original(medium, sent.sent_at_ms, at)
        beside = [one for one in evidence.media if one.media_id not in names and one.sha256 is not None]
        for medium in beside:
            if not self._files.has(str(medium.sha256)):
                self._files.original(medium, None, at)
        self._files.pictures(media, at)
        self._files.record(f"{at}media.json", media_of(evidence))
        self._files.record(f"{at}evidence.json", record_of(evidence))
        self._read_later.append(msgspec.structs.replace(evidence, media=media))

    def _judged(self) -> None:
        """Put in what was measured, decided and by which policy, each as the first entry commits to it."""
        if self._evidence is not None:
            self._files.record("media.json", media_of(self._evidence))
        if not self._full:
            return
        if self._gathered is not None:
            self._files.record("evidence.json", self._gathered)
        message = self._records.message(self._case)
        self._files.record("decision.json", message)
        policy = self._records.policy(decode(RefundDecided, message).policy.sha256)
        if policy is not None:
            self._files.record("policy.yaml", policy.encode())

    def _records_not_kept(self) -> list[str]:
        """Return the records to which the case's first entry commits, and which are not kept any more."""
        said, there = details_of(self._asked.found.audit[0].payload), {one["path"] for one in self._archive.listed}
        mine = verification.COMMITTED if self._full else [verification.MEDIA]
        return [name for name in mine if verification.COMMITTED[name] in said and name not in there]

    def _leaf(self) -> tuple[dict[str, Any], list[AuditEntry]]:
        leaves = self._seals.leaves(self._seal.seal_no)
        place = next(at for at, leaf in enumerate(leaves) if leaf.case_id == self._case.case_id)
        leaf: Leaf = leaves[place]
        if leaf.seq > self._asked.found.audit[-1].seq:  # sealed together with what came since the case was read
            msg = f"case {self._case.case_id} changed while it was exported: export it again"
            raise CaseChanged(msg)
        path = [{"left": step.left, "digest": step.digest.hex()} for step in path_to(leaves, place)]
        audit = [entry for entry in self._asked.found.audit if entry.seq <= leaf.seq]
        return {"seq": leaf.seq, "path": path}, audit

    def _proof(self, leaf: dict[str, Any], audit: list[AuditEntry], later: list[Seal], stamp: Stamp | None) -> None:
        told = {
            "case_id": self._case.case_id,
            "entries": [_entry(entry, said=self._full or entry is audit[0]) for entry in audit],
            "leaf": leaf,
            "head_before": self._records.head_before(self._seal.seal_no).hex(),
            "seals": [
                {
                    "seal_no": seal.seal_no,
                    "sealed_at_ms": seal.sealed_at_ms,
                    "leaves": seal.leaves,
                    "root": seal.root.hex(),
                    "head": seal.head.hex(),
                }
                for seal in later
            ],
            "stamp": None if stamp is None else {"seal_no": stamp.seal_no, "authority": stamp.authority},
        }
        self._files.record(verification.CHAIN, as_json(told))
        if stamp is not None:
            self._archive.put(verification.STAMP, stamp.response)
            if self._asked.roots is not None:
                self._archive.put(verification.ROOTS, self._asked.roots)

    def _index(self, audit: list[AuditEntry], last: Seal, stamp: Stamp | None) -> bool:
        recipe = self._recipe()
        self._archive.put("repeat.sh", ("#!/bin/sh\nset -e\n" + "\n".join(recipe) + "\n").encode())
        self._archive.put("verify.py", inspect.getsource(verification).encode())
        notes = texts("evidence_package/notes")
        stamped = None if stamp is None else notes["stamped"].filled(authority=stamp.authority, seal=stamp.seal_no).zh
        found, upto_ms = self._asked.found, self._seal.sealed_at_ms
        told = Contents(
            audience=self._asked.audience,
            case=self._case,
            claim=found.claim,
            decision=found.decision,
            evidence=self._evidence,
            later=self._read_later,
            audit=audit,
            items=self._files.items,
            seal=self._seal,
            head=last.head,
            stamp=stamped,
            spells=self._records.spells(self._case.opened_at_ms, upto_ms),
            events=self._records.events(self._case.opened_at_ms, upto_ms),
            made_with=f"refund-sentinel {self._asked.version}",
            recipe=recipe,
            version=self._asked.version,
        )
        shown = [seen(one) for one in blocks(told)]
        title = texts("evidence_package/headings")["title"].zh
        self._archive.put("index.html", page(f"{title} {self._case.case_id}", shown).encode())
        if not self._asked.with_pdf:
            return False
        if self._asked.font is None:
            self._archive.put("NO-PDF.txt", (notes["no_pdf"].both + "\n").encode())
            return False
        self._archive.put("index.pdf", pdf(shown, self._asked.font, upto_ms, self._files.picture))
        return True

    def _recipe(self) -> list[str]:
        """Return the commands that repeat the comparison of each claim photo with the references."""
        paths = {one["medium"]: one["path"] for one in self._archive.listed if "medium" in one}
        references = " ".join(f"--reference {path}" for name, path in paths.items() if "/reference/" in f"/{name}")
        claims = [path for name, path in paths.items() if "/claim/" in f"/{name}"]
        return [f"refund-sentinel inspect --claim {path} {references} --json".replace("  ", " ") for path in claims]


def later(number: int) -> str:
    """Return the folder, within the package, of the follow-up of this number."""
    return f"later/{number}/"


def _follow_ups(audit: Iterable[AuditEntry], action: Action) -> set[int]:
    said = (msgspec.json.decode(one.payload) for one in audit if one.action == action and one.payload is not None)
    return {one["follow_up"] for one in said}


def _entry(entry: AuditEntry, *, said: bool) -> dict[str, Any]:
    payload, salt = (entry.payload, entry.salt) if said else (None, None)
    return {
        "seq": entry.seq,
        "at_ms": entry.at_ms,
        "actor": entry.actor,
        "action": entry.action,
        "commitment": entry.commitment.hex(),
        "link": entry.link.hex(),
        "salt": None if salt is None else salt.hex(),
        "payload": None if payload is None else payload.decode(),
    }
