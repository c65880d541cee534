"""Make the smaller sizes of uploaded pictures in the background; until then pages show the plain JPEG."""

import logging

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone
from django_q.tasks import async_task

from episodes.artwork import COVER_WIDTHS_PX, PORTRAIT_WIDTHS_PX, make_renditions
from episodes.filing import FilingError, keep_bytes
from episodes.models import Chapter, Episode, PictureWork, Show, Speaker

logger = logging.getLogger(__name__)

JOB = "episodes.picture_work.make_sizes"
CHAPTER_WIDTHS_PX = (96, 192, 384)
_WIDTHS_PX = {"artwork": COVER_WIDTHS_PX, "people": PORTRAIT_WIDTHS_PX, "chapters": CHAPTER_WIDTHS_PX}
_SHOWN_BY: tuple[tuple[type[models.Model], str], ...] = (
    (Show, "artwork"),
    (Episode, "artwork"),
    (Speaker, "photo"),
    (Chapter, "image"),
)


@transaction.atomic
def order_sizes(name: str) -> None:
    """Have the sizes of a stored picture made; for one that failed or was forgotten, made again."""
    again = {"state": PictureWork.State.WAITING, "problem": "", "requested_at": timezone.now()}
    PictureWork.objects.update_or_create(name=name, defaults=again)
    async_task(JOB, name)


def make_sizes(name: str) -> None:
    """The job. Safe to run twice and after being killed: rows name the sizes only when all of them are stored."""
    work = PictureWork.objects.filter(pk=name).exclude(state=PictureWork.State.DONE).first()
    if work is None:
        return
    try:
        sizes = _keep_sizes(name)
    except FilingError as error:
        _fail(work, str(error))
    except (OSError, ValueError, SyntaxError):
        logger.exception("The sizes of %s could not be made.", name)
        _fail(work, "The stored picture cannot be read any more. Upload it again.")
    else:
        with transaction.atomic():
            for model, field in _SHOWN_BY:
                model._base_manager.filter(**{field: name}).update(**{f"{field}_renditions": sizes})
            PictureWork.objects.filter(pk=name).update(state=PictureWork.State.DONE, problem="")


def shows_picture(name: str) -> models.Model | None:
    """Somebody or something that shows this picture; None when it was replaced since."""
    found = (model._base_manager.filter(**{field: name}).first() for model, field in _SHOWN_BY)
    return next((row for row in found if row is not None), None)


def _keep_sizes(name: str) -> list[dict[str, object]]:
    folder, _, file = name.partition("/")
    stem = file.rpartition(".")[0]
    with default_storage.open(name, "rb") as stored:
        content = stored.read()
    kept: list[dict[str, object]] = []
    for size in make_renditions(content, _WIDTHS_PX[folder]):
        extension = "avif" if size.format == "avif" else "jpg"
        rendition = f"{folder}/{stem}-{size.width_px}.{extension}"
        keep_bytes(default_storage, rendition, size.content)
        kept.append({"width": size.width_px, "format": size.format, "name": rendition})
    return kept


def _fail(work: PictureWork, problem: str) -> None:
    logger.warning("Sizes of %s: %s", work.pk, problem)
    PictureWork.objects.filter(pk=work.pk).update(state=PictureWork.State.FAILED, problem=problem)
