"""Django's registration of the porch, and what listens from the first moment on."""

from django.apps import AppConfig


class CoproductionSiteConfig(AppConfig):
    name = "coproduction_site"

    def ready(self) -> None:
        from coproduction_site import security_log

        security_log.listen()
