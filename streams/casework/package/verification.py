"""Verifies an evidence package on any machine with Python 3.9 or later: no network, no database, no other library.

Run: python3 verify.py PACKAGE.zip [--roots ROOTS.pem] [--json]

Each package carries this file as verify.py. Of each file it says: unchanged, altered, missing, added, or not stamped
(it is as the package lists it, and nothing ties it to a time stamp). An archive that was packed anew is told, too: what
is in it is as it was. The way of a photo to the stamp::

    photo -> media.json -> the case's first audit entry -> its chain -> leaf -> root of the seal -> later heads -> stamp

(of what was sent later: later/N/media.json -> a later entry).

A stamp's signature is checked by the program ``openssl`` where it is there, by the root certificates of --roots, or
those in the package: compare these with what the authority publishes. What only the list vouches for (pages, pictures,
what was not kept any more) is told apart: compare the SHA-256 of the list with what whoever exported it has on record.
"""

# Over 250 lines because it is one file without imports of this project, which is copied into every package.

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    StampCheck = Callable[[bytes, bytes, bytes | None], str | None]

LIST = "manifest.json"
CHAIN = "proof/chain.json"
STAMP = "proof/stamp.tsr"
ROOTS = "proof/roots.pem"
MEDIA = "media.json"
COMMITTED = {MEDIA: "media_sha256", "evidence.json": "evidence_sha256", "decision.json": "decision_sha256"}
COMMITTED["policy.yaml"] = "policy_sha256"
ORIGINALS = "originals/"
LATER = "later/"
READ_LATER = "EVIDENCE_READ"
UNREADABLE = "unreadable"
PROVIDER = "ai-provider"
LEFT_OUT = " (all but the claim's photos is left out: a package for police or court has it)"
ZERO = bytes(32)
PIECE = 1 << 20
PEM = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
DATE, LINK, ENDS = (1980, 1, 1, 0, 0, 0), 0o12, (22, 98)
"""Of each entry of an export; the type of a link; bytes of the end of an archive, and of one of more than 4 GB."""
IMPRINTS, OF_CERTIFICATES = ("sha256", "sha384", "sha512"), ("sha1", "sha256", "sha384", "sha512")


class Altered(str):
    """Why a stamp is none, whoever's certificates one trusts: it is not as an authority made it, or on another head."""

    __slots__ = ()


def verify(file: Path, check: StampCheck, roots: bytes | None = None) -> dict[str, Any]:
    """Return what became of each file, and why; ``ok`` says that nothing was altered, is missing or was added.

    ``check`` is given a response, the head and root certificates (PEM): it returns why that is no stamp on the head.
    """
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        names = [info.filename for info in infos]
        around = _around(archive, file.stat().st_size)
        found = {name: _digest(archive, name) for name in names}
        small = {name: archive.read(name) for name in names if found[name] != UNREADABLE and _is_small(archive, name)}
    status, why = _by_list(names, found, small)
    faults, backed, stamped = _by_proof(small, found, check, roots, why)
    for name, reason in faults.items():
        if status.get(name) != "added":
            status[name], why[name] = ("altered" if name in found else "missing"), reason
    anchored = _anchored(status)
    for name in anchored:
        if status[name] == "unchanged" and not (stamped and name in backed):
            status[name] = "not stamped"
            if name not in backed:
                why[name] = "no audit entry that can be read commits to it"
    return {
        "ok": all(one in ("unchanged", "not stamped") for one in status.values()),
        "stamped": stamped,
        "audience": _object(small.get(LIST)).get("audience"),
        "list_sha256": found.get(LIST),
        "files": [{"path": name, "status": status[name], "why": why.get(name)} for name in sorted(status)],
        "stamp": why.get(STAMP) or ("verified" if stamped else "there is none yet"),
        "by_list_alone": sorted({name for name in status if status[name] == "unchanged"} - {LIST, STAMP, *anchored}),
        "not_kept": _not_kept(small),
        "archive": [*around, *_packed(infos)],
    }


def _around(archive: zipfile.ZipFile, size: int) -> list[str]:
    """Return what is around the files that an export does not have there."""
    told = ["it has a comment"] if archive.comment else []
    infos = archive.infolist()
    if infos and min(info.header_offset for info in infos) > 0:
        told.append("there are bytes before its first file")
    first = archive.start_dir + sum(46 + _room(info) for info in infos)
    if size - first - len(archive.comment) not in ENDS:
        told.append("there are bytes after its last file that are none of its own")
    return told


def _room(info: zipfile.ZipInfo) -> int:
    return len(info.orig_filename.encode()) + len(info.extra) + len(info.comment)


def _packed(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Return how the files are packed otherwise than an export packs them; what is in them is told of each."""
    told = [f"{info.filename} is a link where it is unpacked" for info in infos if info.external_attr >> 28 == LINK]
    if any((info.compress_type, info.date_time) != (zipfile.ZIP_STORED, DATE) for info in infos):
        told.append("it was packed anew")
    if infos and infos[-1].filename != LIST:
        told.append("its files are in another order: the list comes last in an export")
    return told


def _is_small(archive: zipfile.ZipFile, name: str) -> bool:
    read = name in (LIST, CHAIN, STAMP, ROOTS) or name.endswith(MEDIA)
    return read and archive.getinfo(name).file_size < 1 << 26


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    whole = hashlib.sha256()
    try:
        with archive.open(name) as stream:
            for piece in iter(lambda: stream.read(PIECE), b""):
                whole.update(piece)
    except (zipfile.BadZipFile, EOFError, ValueError, RuntimeError, zlib.error):  # not as the archive was made
        return UNREADABLE
    return whole.hexdigest()


def _by_list(names: list[str], found: dict[str, str], small: dict[str, bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the list says of each file: the list itself is taken as it is."""
    lines = _object(small.get(LIST)).get("files")
    lines = lines if isinstance(lines, list) else []
    listed = {one["path"]: one["sha256"] for one in lines if _names_a_file(one)}
    whole = bool(listed) and len(listed) == len(lines)
    status = {LIST: "missing" if LIST not in found else "unchanged" if whole else "altered"}
    for name, digest in listed.items():
        status[name] = "missing" if name not in found else "unchanged" if found[name] == digest else "altered"
    for name in names:
        if name not in status or names.count(name) > 1:
            status[name] = "added"
    why = {name: "its bytes are not those that the list names" for name in status if status[name] == "altered"}
    return status, why if whole else {**why, LIST: "it is no list of files, or names one twice"}


def _names_a_file(line: object) -> bool:
    return isinstance(line, dict) and all(isinstance(line.get(name), str) for name in ("path", "sha256"))


def _anchored(status: dict[str, str]) -> list[str]:
    return [name for name in status if name in COMMITTED or name == CHAIN or name.startswith((ORIGINALS, LATER))]


def _by_proof(
    small: dict[str, bytes], found: dict[str, str], check: StampCheck, roots: bytes | None, why: dict[str, str]
) -> tuple[dict[str, str], set[str], bool]:
    """Return the files that the chain contradicts, with why, those that it backs, and whether a stamp covers it."""
    proof = _object(small.get(CHAIN))
    try:
        said, head = _chain(proof)
        faults, backed = _committed(said, small, found)
        if _object(small.get(LIST)).get("case_id") != proof["case_id"]:
            faults[LIST] = "it names another case than the chain does"
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as exc:
        return {CHAIN: f"the chain of the case does not lead to the sealed head: {exc}"}, set(), False
    response = small.get(STAMP)
    if (proof.get("stamp") is None) != (STAMP not in found):
        faults[STAMP] = "the chain of the case names a stamp" if STAMP not in found else "the chain names no stamp"
    if head is None or proof.get("stamp") is None or response is None:
        return faults, backed, False
    wrong = check(response, head, roots or small.get(ROOTS))
    if isinstance(wrong, Altered):
        faults[STAMP] = wrong
    elif wrong is not None:
        why[STAMP] = wrong
    return faults, backed, wrong is None


def _chain(proof: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], bytes | None]:
    """Return what entries say of the files in each folder, and the newest head that the chain leads to.

    The case's first entry is about the files that are in no folder.
    """
    before, leaf = ZERO, proof["leaf"]
    folders: dict[str, dict[str, Any]] = {}
    case_id = proof["case_id"]
    for place, entry in enumerate(proof["entries"], 1):
        commitment = bytes.fromhex(entry["commitment"])
        if entry["payload"] is not None:
            said = entry["payload"].encode()
            if _hash(b"refund-sentinel/audit/commitment/1", bytes.fromhex(entry["salt"]), said) != commitment:
                msg = f"entry {place} does not say what it commits to"
                raise ValueError(msg)
            if place == 1:
                folders[""] = json.loads(said)
            elif entry["action"] == READ_LATER:
                told = json.loads(said)
                folders[f"{LATER}{told['follow_up']}/"] = told
        what = (entry["at_ms"], entry["actor"], entry["action"])
        link = _hash(b"refund-sentinel/audit/link/1", before, case_id, entry["seq"], *what, commitment)
        if entry["seq"] != place or link.hex() != entry["link"]:
            msg = f"entry {place} was changed, or is not the next one"
            raise ValueError(msg)
        before = link
    if len(proof["entries"]) != leaf["seq"]:
        msg = "entries up to the sealed one are missing"
        raise ValueError(msg)
    digest = _hash(b"refund-sentinel/audit/leaf/1", case_id, leaf["seq"], before)
    for step in leaf["path"]:
        other = bytes.fromhex(step["digest"])
        pair = (other, digest) if step["left"] else (digest, other)
        digest = _hash(b"refund-sentinel/audit/node/1", *pair)
    return folders, _head(proof, digest)


def _head(proof: dict[str, Any], root: bytes) -> bytes:
    before = bytes.fromhex(proof["head_before"])
    for place, seal in enumerate(proof["seals"]):
        named = bytes.fromhex(seal["root"])
        if place == 0 and named != root:
            msg = f"the case is not among what seal {seal['seal_no']} covers"
            raise ValueError(msg)
        numbers = (seal["seal_no"], seal["sealed_at_ms"], seal["leaves"])
        before = _hash(b"refund-sentinel/audit/seal/1", before, *numbers, named)
        if before.hex() != seal["head"]:
            msg = f"the head of seal {seal['seal_no']} is not the hash of what it says"
            raise ValueError(msg)
    return before


def _committed(
    said: dict[str, dict[str, Any]], small: dict[str, bytes], found: dict[str, str]
) -> tuple[dict[str, str], set[str]]:
    """Return the files that are not what an entry commits to, with why, and those that are.

    What an entry commits to has to be here, unless the package says that it was not kept, or is not for its reader.
    """
    left_out = _left_out(small)
    faults: dict[str, str] = {}
    media: dict[str, Any] = {}
    backed = {CHAIN}
    for folder, told in said.items():
        which = "an audit entry" if folder else "the case's first audit entry"
        for path, digest in ((folder + name, told[field]) for name, field in COMMITTED.items() if field in told):
            if found.get(path) == digest:
                backed.add(path)
            elif path in found or not left_out(path):
                faults[path] = f"it is not what {which} commits to" if path in found else f"{which} commits to it"
        if folder + MEDIA in backed:
            media.update({folder + name: one for name, one in _object(small.get(folder + MEDIA)).items()})
    for path in found:
        if path.startswith(LATER) and path.rpartition("/")[0] + "/" not in said:
            faults[path] = "no audit entry commits to it"
    unlike, alike = _originals(media, found, left_out)
    return {**faults, **unlike}, backed | alike


def _originals(
    media: dict[str, Any], found: dict[str, str], left_out: Callable[[str], bool]
) -> tuple[dict[str, str], set[str]]:
    """Return the originals that are not what was looked at (``media``), with why, and those that are.

    What was looked at twice, as a reference of the claim and again of what was sent later, has to be here once.
    """
    here = {path: _medium(path) for path in found if path.startswith(ORIGINALS)}
    alike = {path for path, medium in here.items() if found[path] == media.get(medium)}
    faults = dict.fromkeys(here.keys() - alike, "it is not the file that was looked at when it came")
    known = {None, *(found[path] for path in alike)}
    for medium in media.keys() - set(here.values()):
        if media[medium] not in known and not left_out(medium):
            faults[ORIGINALS + medium] = "it was looked at when it came"
    return faults, alike


def _medium(path: str) -> str:
    """Return which medium an original is, as media.json and the list name it; see ``name_of`` in archive.py."""
    return path[len(ORIGINALS) :].rpartition(".")[0].replace("~", ":")


def _left_out(small: dict[str, bytes]) -> Callable[[str], bool]:
    """Return what tells whether the package leaves a file out, as its list says."""
    gone, for_provider = set(_not_kept(small)), _object(small.get(LIST)).get("audience") == PROVIDER
    return lambda name: name in gone or (for_provider and name != MEDIA and not name.startswith("claim/"))


def _not_kept(small: dict[str, bytes]) -> list[str]:
    named = _object(small.get(LIST)).get("not_kept")
    return [str(one) for one in named] if isinstance(named, list) else []


def _object(content: bytes | None) -> dict[str, Any]:
    try:
        read = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _hash(*parts: Any) -> bytes:
    whole = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode()
        whole.update(len(raw).to_bytes(8, "big"))
        whole.update(raw)
    return whole.digest()


def by_openssl(response: bytes, head: bytes, roots: bytes | None) -> str | None:
    """Return why a response is no stamp on ``head``, as the program openssl says; None: it is one."""
    there = shutil.which("openssl") is not None
    if there and roots is not None:
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (("head", head), ("stamp.tsr", response), ("roots.pem", roots)):
                (Path(folder) / name).write_bytes(content)
            done = _openssl(folder, "ts -verify -data head -in stamp.tsr -CAfile roots.pem")
        if done.returncode == 0 and b"Verification: OK" in done.stdout + done.stderr:
            return None
    if (how := altered(response, head)) is not None:
        return how
    if roots is None:
        return "there are no root certificates to check who signed it: --roots"
    if not there:
        return "the program openssl is not here to check who signed it"
    return "who signed the stamp does not lead to these root certificates"


def altered(response: bytes, head: bytes) -> Altered | None:
    """Return how a response is no stamp on ``head``, whoever signed it; None: nobody changed it, as far as can be told.

    That its bytes are those that were signed, by the very certificate in it, only the program openssl can tell.
    """
    if not any(hashlib.new(name, head).digest() in response for name in IMPRINTS):
        return Altered("the stamp is on something else, not on this head")
    if shutil.which("openssl") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "stamp.tsr").write_bytes(response)
        if _openssl(folder, "ts -reply -in stamp.tsr -token_out -out token").returncode != 0:
            return Altered("it is no response of a time authority")
        held = _openssl(folder, "pkcs7 -inform DER -in token -print_certs").stdout.decode("ascii", "replace")
        signed = _openssl(folder, "cms -verify -noverify -inform DER -in token -binary -out content").returncode == 0
    certificates = [ssl.PEM_cert_to_DER_cert(one) for one in PEM.findall(held)]
    named = any(hashlib.new(name, one).digest() in response for one in certificates for name in OF_CERTIFICATES)
    if certificates and not (signed and named):
        return Altered("its bytes are not those that were signed")
    return None


def _openssl(folder: str, command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *command.split()], cwd=folder, capture_output=True, check=False)  # noqa: S603, S607


def main() -> int:
    """Print what became of each file; status 1 where something was altered, is missing or was added."""
    parser = argparse.ArgumentParser(description="Verify an evidence package, offline.")
    parser.add_argument("package", type=Path)
    parser.add_argument("--roots", type=Path, help="root certificates of the time authority, PEM")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        found = verify(given.package, by_openssl, given.roots.read_bytes() if given.roots else None)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as exc:
        print(f"this is no package that can be read: {exc}", file=sys.stderr)  # noqa: T201
        return 1
    if given.json:
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201 - a program of its own
    else:
        print("\n".join(lines(found)))  # noqa: T201
    return 0 if found["ok"] else 1


def lines(found: dict[str, Any]) -> list[str]:
    """Return what people read of what was found."""
    told = [f"{one['status']:12} {one['path']}" + (f"  ({one['why']})" if one["why"] else "") for one in found["files"]]
    told += [f"not kept any more when it was exported: {name}" for name in found["not_kept"]]
    told += [f"archive: {one}" for one in found["archive"]]
    told.append(f"made for: {found['audience']}{LEFT_OUT if found['audience'] == PROVIDER else ''}")
    told += [f"stamp: {found['stamp']}", f"SHA-256 of the list: {found['list_sha256']}"]
    if found["by_list_alone"]:
        told.append(f"the list alone vouches for {len(found['by_list_alone'])} of the files: compare its SHA-256")
    told.append("nothing was altered, is missing or was added" if found["ok"] else "NOT AS IT WAS EXPORTED")
    return told


if __name__ == "__main__":
    sys.exit(main())
