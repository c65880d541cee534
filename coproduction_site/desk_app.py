"""Django's registration of the admin, as the producers' desk."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "coproduction_site.desk_site.DeskSite"
