"""Alembic's entry: runs migrations on the connection that ``records.database.migrate`` gives."""

from alembic import context

import staff_console.accounts.models
import staff_console.content.models
import staff_console.dialogue_models.models
import staff_console.expiry.models
import staff_console.figures.models
import staff_console.learning.models  # noqa: F401 - as the others
import visits.models
import visits.outbox_models
import visits.reply_models  # noqa: F401 - their tables belong to the metadata
import voice_gateway.records.call_models  # noqa: F401 - as the others
from voice_gateway.records.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,  # on SQLite too: a migration happens as a whole or not at all
    render_as_batch=True,  # SQLite cannot alter a column in place
)
with context.begin_transaction():
    context.run_migrations()
