"""Errors as answers: ``application/problem+json`` (RFC 9457), one sentence that says what to do."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response

from streams.access.idempotency import Answer
from streams.errors import (
    CaseChanged,
    IllegalMove,
    InputError,
    Invalid,
    NotAllowed,
    NotFound,
    OperatorError,
    PolicyError,
    SentinelError,
)
from streams.wording.problems import in_chinese
from streams.wording.tables import texts

MEDIA_TYPE = "application/problem+json"
LATER_S = 2
"""When to try again where infrastructure failed."""

_STATUS: tuple[tuple[type[SentinelError], HTTPStatus], ...] = (
    (CaseChanged, HTTPStatus.CONFLICT),
    (IllegalMove, HTTPStatus.CONFLICT),
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (PolicyError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (OperatorError, HTTPStatus.CONFLICT),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
)
"""What each error is over HTTP: the first that fits. Every other one is a reason to try again later."""


def problem(status: int, detail: str, **more: object) -> Answer:
    """Return the answer that says what is wrong; ``more`` are further members of the JSON object."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Answer(status=status, body=text, media_type=MEDIA_TYPE)


def problem_of(exc: SentinelError) -> Answer:
    """Return the answer for one of our errors."""
    for kind, status in _STATUS:
        if isinstance(exc, kind):
            return problem(status, str(exc))
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "a part that this needs does not answer: try again in a moment")


def told_in(accepted: str, answer: Answer) -> Answer:
    """Return a problem's answer in Chinese if the caller accepts that first, else in English.

    A sentence that exists only in English stays.
    """
    if answer.media_type != MEDIA_TYPE or not accepted.strip().lower().startswith("zh"):
        return answer
    body = json.loads(answer.body)
    titles = texts("pages/trouble")
    title = titles.get(str(body["status"]), titles["other"]).zh
    body |= {"title": title, "detail": in_chinese(body["detail"]) or body["detail"]}
    return msgspec.structs.replace(answer, body=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))


def response(answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer as it is sent."""
    told = dict(headers or {})
    told |= {"ETag": answer.etag} if answer.etag is not None else {}
    told |= {"Location": answer.location} if answer.location is not None else {}
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        told["Retry-After"] = str(LATER_S)
    media_type = None if answer.status == HTTPStatus.NO_CONTENT else answer.media_type
    return Response(answer.body, answer.status, told, media_type)


def invalid(exc: RequestValidationError) -> Answer:
    """Return the answer for a call that does not match the description; it never repeats what was given."""
    errors = [_error(error) for error in exc.errors()]
    said = "; ".join(f"{error['at']}: {error['what']}" for error in errors[:5])
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"this call is not as its description asks: {said}", errors=errors)


def _error(error: Mapping[str, Any]) -> dict[str, str]:
    if error["type"] == "extra_forbidden":  # its place has the name as it was given
        return {"at": _place(error["loc"][:1]), "what": "a name that is not in the description"}
    return {"at": _place(error["loc"]), "what": str(error["msg"])}


def _place(loc: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in loc)
