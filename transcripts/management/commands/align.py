"""Make the times of an episode's transcripts, here and now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from transcripts.align import align_transcript
from transcripts.models import AlignmentRun, Transcript


class Command(BaseCommand):
    help = "Finds the sentences of an episode's transcripts in its audio, without the background worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("episode", help="its slug, SHOW/EPISODE, or its number in the admin's address")
        parser.add_argument("--again", action="store_true", help="also when the times are up to date")
        parser.add_argument("--dry-run", action="store_true", help="only say which transcripts would get times")

    def handle(self, *args: Any, **options: Any) -> None:
        transcripts = self._transcripts(options["episode"])
        failed = False
        for transcript in transcripts:
            if options["dry_run"]:
                self.stdout.write(f"{transcript} would get times.")
                continue
            if options["again"]:
                AlignmentRun.objects.filter(transcript=transcript).update(text_sha256="", audio_fingerprint="")
            said = align_transcript(transcript.pk)
            self.stdout.write(f"{transcript}: {said}")
            failed = failed or AlignmentRun.objects.filter(transcript=transcript, state="failed").exists()
        if failed:
            raise CommandError("Some times could not be made; the sentences above say why.")

    def _transcripts(self, wanted: str) -> list[Transcript]:
        show_slug, _, slug = wanted.rpartition("/")
        chosen = Q(episode__slug=slug)
        if show_slug:
            chosen &= Q(episode__show__slug=show_slug)
        elif slug.isdecimal() and len(slug) < 19:
            chosen |= Q(episode__pk=int(slug))
        transcripts = list(Transcript.objects.filter(chosen).select_related("episode"))
        if not transcripts:
            raise CommandError(f'No episode "{wanted}" has a transcript. Give the last part of its address.')
        if len({transcript.episode_id for transcript in transcripts}) > 1:
            raise CommandError(f'Several shows have an episode "{wanted}". Write SHOW/EPISODE.')
        return transcripts
