"""The first login is made once, works, and is nobody's business."""

import re

from django.contrib.auth import authenticate, get_user_model

from coproduction_site.first_login import FILE_NAME, make_first_login


def test_the_first_login_in_the_file_signs_in_as_a_producer_of_everything(db, tmp_path):
    made = make_first_login(tmp_path, "https://example.org/admin/")

    text = (tmp_path / FILE_NAME).read_text()
    found = re.fullmatch(r"Sign in at: https://example\.org/admin/\nName: (\S+)\nPassword: (\S+)\n", text)
    user = authenticate(username=found[1], password=found[2])
    assert (made, user.is_superuser, user.is_staff) == (True, True, True)
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_where_there_is_a_user_already_no_login_is_made(db, tmp_path):
    get_user_model().objects.create_user("somebody")

    made = make_first_login(tmp_path, "https://example.org/admin/")

    assert (made, list(tmp_path.iterdir())) == (False, [])
