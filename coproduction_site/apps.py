"""Django's registration of the porch, which begins to listen with it."""

from django.apps import AppConfig


class CoproductionSiteConfig(AppConfig):
    name = "coproduction_site"

    def ready(self) -> None:
        from django.conf import settings

        from coproduction_site import error_reports, security_log

        security_log.listen()
        error_reports.start(settings.SENTRY_DSN)
