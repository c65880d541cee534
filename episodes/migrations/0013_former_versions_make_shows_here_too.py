"""Columns that came later have their default in the database: a version that does not know them makes shows too."""

import episodes.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('episodes', '0012_what_waits_for_its_hour_is_not_shown_yet'),
    ]

    operations = [
        migrations.AlterField(
            model_name='historicalshow',
            name='chat_account',
            field=episodes.models.fields.StorableCharField(blank=True, db_default='', default='', help_text='The host\'s name there: "@paul:matrix.org".', max_length=255),
        ),
        migrations.AlterField(
            model_name='historicalshow',
            name='chat_protocol',
            field=models.CharField(blank=True, choices=[('irc', 'irc'), ('xmpp', 'xmpp'), ('nostr', 'nostr'), ('matrix', 'matrix')], db_default='', default='', max_length=8),
        ),
        migrations.AlterField(
            model_name='historicalshow',
            name='chat_server',
            field=episodes.models.fields.StorableCharField(blank=True, db_default='', default='', help_text='Where listeners talk, as a host name: "irc.libera.chat".', max_length=255),
        ),
        migrations.AlterField(
            model_name='historicalshow',
            name='chat_space',
            field=episodes.models.fields.StorableCharField(blank=True, db_default='', default='', help_text='The room: "#coproduction:matrix.org".', max_length=255),
        ),
        migrations.AlterField(
            model_name='historicalshow',
            name='offer_small_audio',
            field=models.BooleanField(db_default=False, default=False, help_text="For slow or costly connections: beside each episode's audio, the same sound in about a quarter of the size (Opus, 24 kbit/s mono), made here.", verbose_name='offer a smaller file too'),
        ),
        migrations.AlterField(
            model_name='show',
            name='chat_account',
            field=episodes.models.fields.StorableCharField(blank=True, db_default='', default='', help_text='The host\'s name there: "@paul:matrix.org".', max_length=255),
        ),
        migrations.AlterField(
            model_name='show',
            name='chat_protocol',
            field=models.CharField(blank=True, choices=[('irc', 'irc'), ('xmpp', 'xmpp'), ('nostr', 'nostr'), ('matrix', 'matrix')], db_default='', default='', max_length=8),
        ),
        migrations.AlterField(
            model_name='show',
            name='chat_server',
            field=episodes.models.fields.StorableCharField(blank=True, db_default='', default='', help_text='Where listeners talk, as a host name: "irc.libera.chat".', max_length=255),
        ),
        migrations.AlterField(
            model_name='show',
            name='chat_space',
            field=episodes.models.fields.StorableCharField(blank=True, db_default='', default='', help_text='The room: "#coproduction:matrix.org".', max_length=255),
        ),
        migrations.AlterField(
            model_name='show',
            name='offer_small_audio',
            field=models.BooleanField(db_default=False, default=False, help_text="For slow or costly connections: beside each episode's audio, the same sound in about a quarter of the size (Opus, 24 kbit/s mono), made here.", verbose_name='offer a smaller file too'),
        ),
    ]
