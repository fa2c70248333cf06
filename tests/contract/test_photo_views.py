"""Who looked at which photo: kept for a time, on both databases."""

from sqlalchemy import Engine

from streams.adapters.sql.cases.photo_views import SqlPhotoViews
from streams.cases.record.disclosure import PhotoView


def a_view(at_ms: int, viewer: str = "lin.wei", subject_id: str = "case-1") -> PhotoView:
    return PhotoView(subject_id=subject_id, at_ms=at_ms, viewer=viewer, places="c0", view="screen")


def test_views_past_their_time_are_deleted_the_oldest_first_a_few_at_a_time(engine: Engine) -> None:
    views = SqlPhotoViews(engine)
    for one in (a_view(3), a_view(1), a_view(2), a_view(2, "chen.yu"), a_view(9), a_view(2, subject_id="rr-2")):
        views.note(one)

    first, rest, none = views.purge(9, 2), views.purge(9, 100), views.purge(9, 100)

    assert (first, rest, none) == (2, 3, 0)
    assert views.of(["case-1", "rr-2"]) == [a_view(9)]
