"""Text search configurations that ignore accents, one a language, and the function that chooses among them."""

from django.db import migrations

# Configurations Postgres has, by the first part of a BCP 47 tag; a server that lacks one gets "simple" for it.
LANGUAGES = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}
NAMES = sorted({*LANGUAGES.values(), "simple"})

CONFIGURATIONS = "".join(
    f"""
DO $$
DECLARE
    known boolean := EXISTS (SELECT FROM pg_catalog.pg_ts_config c JOIN pg_catalog.pg_namespace n
        ON n.oid = c.cfgnamespace WHERE n.nspname = 'pg_catalog' AND c.cfgname = '{name}');
    stem text := '{'simple' if name == 'simple' else name + '_stem'}';
BEGIN
    EXECUTE format('CREATE TEXT SEARCH CONFIGURATION transcripts_{name} (COPY = pg_catalog.%I)',
        CASE WHEN known THEN '{name}' ELSE 'simple' END);
    EXECUTE format('ALTER TEXT SEARCH CONFIGURATION transcripts_{name}
        ALTER MAPPING FOR hword, hword_part, word WITH unaccent, %I', CASE WHEN known THEN stem ELSE 'simple' END);
END $$;
"""
    for name in NAMES
)

CONFIGURATIONS_BACK = "".join(f"DROP TEXT SEARCH CONFIGURATION transcripts_{name};\n" for name in NAMES)

# Immutable: it depends on nothing but its arguments and configurations that only a migration changes.
# The search path is kept with the functions: pg_restore computes generated columns with an empty one.
FUNCTION = (
    """
CREATE FUNCTION transcripts_configuration(language text) RETURNS regconfig
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
    SELECT CASE lower(split_part(replace(language, '_', '-'), '-', 1))
"""
    + "".join(f"        WHEN '{tag}' THEN 'transcripts_{name}'::regconfig\n" for tag, name in LANGUAGES.items())
    + """        ELSE 'transcripts_simple'::regconfig END
$$;
CREATE FUNCTION transcripts_vector(language text, body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
    SELECT to_tsvector(transcripts_configuration(language), body)
$$;
"""
)

FUNCTION_BACK = """
DROP FUNCTION transcripts_vector(text, text);
DROP FUNCTION transcripts_configuration(text);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("episodes", "0002_identity_and_stamps")]

    operations = [
        migrations.RunSQL(CONFIGURATIONS, CONFIGURATIONS_BACK),
        migrations.RunSQL(FUNCTION, FUNCTION_BACK),
    ]
