"""A setting is read as it was meant, or stops the start with a sentence that says which and how."""

import pytest

from coproduction_site.env import EnvError, Environment, Variable


def test_an_unset_variable_gives_its_default():
    env = Environment({})

    read = (
        env.text("SITE_NAME", "Podcast", "…"),
        env.flag("DEBUG", False, "…"),
        env.integer("PORT", 8000, "…", minimum=1, maximum=65535),
        env.choice("LOG_LEVEL", "INFO", "…", choices=("INFO", "ERROR")),
        env.hosts("ALLOWED_HOSTS", ["localhost"], "…"),
        env.url("SITE_URL", "http://127.0.0.1:8000", "…"),
    )

    assert read == ("Podcast", False, 8000, "INFO", ["localhost"], "http://127.0.0.1:8000")


def test_a_variable_set_to_nothing_counts_as_unset():
    env = Environment({"PORT": "", "DEBUG": "  "})

    read = (env.integer("PORT", 8000, "…", minimum=1, maximum=65535), env.flag("DEBUG", True, "…"))

    assert read == (8000, True)


def test_good_values_are_read():
    env = Environment(
        {
            "DEBUG": "Yes",
            "PORT": "80",
            "LOG_LEVEL": "ERROR",
            "ALLOWED_HOSTS": "example.org, .example.net,[::1]",
            "SITE_URL": "https://example.org/",
        }
    )

    read = (
        env.flag("DEBUG", False, "…"),
        env.integer("PORT", 8000, "…", minimum=1, maximum=65535),
        env.choice("LOG_LEVEL", "INFO", "…", choices=("INFO", "ERROR")),
        env.hosts("ALLOWED_HOSTS", [], "…"),
        env.url("SITE_URL", "", "…"),
    )

    assert read == (True, 80, "ERROR", ["example.org", ".example.net", "[::1]"], "https://example.org")


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (
            lambda env: env.integer("IT", 8000, "…", minimum=1, maximum=65535),
            "80a",
            'IT is "80a". Use a whole number from 1 to 65535, or unset IT to use the default.',
        ),
        (
            lambda env: env.integer("IT", 8000, "…", minimum=1, maximum=65535),
            "65536",
            'IT is "65536". Use a whole number from 1 to 65535, or unset IT to use the default.',
        ),
        (
            lambda env: env.flag("IT", False, "…"),
            "maybe",
            'IT is "maybe". Use 1, true, yes, on or 0, false, no, off, or unset IT to use the default.',
        ),
        (
            lambda env: env.choice("IT", "a", "…", choices=("a", "b")),
            "c",
            'IT is "c". Use one of: a, b, or unset IT to use the default.',
        ),
        (
            lambda env: env.hosts("IT", [], "…"),
            "example.org,http://example.net",
            'IT is "example.org,http://example.net". "http://example.net" is not a host name. Use names such as '
            "example.org, separated by commas, or unset IT to use the default.",
        ),
        (
            lambda env: env.url("IT", "", "…"),
            "example.org",
            'IT is "example.org". Use an address such as https://example.org, or unset IT to use the default.',
        ),
        (
            lambda env: env.url("IT", "", "…"),
            "https://example.org:port",
            'IT is "https://example.org:port". Use an address such as https://example.org, or unset IT to use the '
            "default.",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_and_what_is_allowed(read, value, sentence):
    with pytest.raises(EnvError) as refused:
        read(Environment({"IT": value}))

    assert str(refused.value) == sentence


def test_a_wrong_address_with_a_password_is_not_repeated():
    with pytest.raises(EnvError) as refused:
        Environment({"IT": "ftp://me:hush@example.org"}).url("IT", "", "…")

    assert "hush" not in str(refused.value)


def test_a_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("x" * 50 + "\n")

    secret = Environment({"SECRET_KEY_FILE": str(file)}).secret("SECRET_KEY", "…")

    assert secret == "x" * 50


@pytest.mark.parametrize(
    ("values", "beginning"),
    [
        ({}, "SECRET_KEY is not set."),
        ({"SECRET_KEY": "hush"}, "SECRET_KEY has 4 characters. It needs at least 50"),
        (
            {"SECRET_KEY_FILE": "/no/such/file"},
            'SECRET_KEY_FILE is "/no/such/file", and that file cannot be read (no such file or directory).',
        ),
    ],
)
def test_a_missing_or_weak_secret_stops_the_start(values, beginning):
    with pytest.raises(EnvError) as refused:
        Environment(values).secret("SECRET_KEY", "…")

    assert str(refused.value).startswith(beginning)
    assert "hush" not in str(refused.value)


def test_every_variable_read_is_remembered_for_the_readme():
    env = Environment({})

    env.integer("PORT", 8000, "Port the web server listens on.", minimum=1, maximum=65535)
    env.url("SITE_URL", "http://127.0.0.1:8000", "The site's address.", shown="http://HOST:PORT")

    assert list(env.variables.values()) == [
        Variable("PORT", "8000", "Port the web server listens on."),
        Variable("SITE_URL", "http://HOST:PORT", "The site's address."),
    ]


def test_a_number_at_either_bound_is_taken():
    env = Environment({"LEAST": "1", "MOST": "65535"})

    assert [env.integer(name, 8, "…", minimum=1, maximum=65535) for name in ("LEAST", "MOST")] == [1, 65535]
