"""What all rows share: the types of their columns and the names of their constraints. It must not know any table."""

from datetime import datetime
from enum import Enum

import sqlalchemy
from sqlalchemy import BigInteger, LargeBinary, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

from server.store.columns import Instant, Json, Tree, Trees


class AnyRow(DeclarativeBase):
    """Any row."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it from the class
        datetime: Instant,
        int: BigInteger,
        str: Text,
        bytes: LargeBinary,
        Enum: sqlalchemy.Enum(
            Enum, native_enum=False, length=32, values_callable=lambda kinds: [each.value for each in kinds]
        ),
        list[str]: Json,
        list[int]: Json,
        Tree: Json,
        Trees: Json,
    }
