"""The headers of every request to a teacher, with what stands in the environment alone."""

import os

from schemas.errors import TeacherError
from schemas.recipe.teachers import Served


def headers_of(teacher: Served) -> tuple[dict[str, str], list[str]]:
    """The headers of every request, and the secrets among them. Raises TeacherError."""
    headers, secrets = {"Content-Type": "application/json"}, []
    wanted = {**({"Authorization": teacher.key_env} if teacher.key_env else {})}
    for header, variable in {**wanted, **teacher.headers_env}.items():
        value = os.environ.get(variable, "").strip()
        if not value:
            raise TeacherError(
                f"teacher {teacher.name}: the environment variable {variable} is not set; "
                f"it must hold {'the API key' if variable == teacher.key_env else f'the {header}'}"
            )
        secrets.append(value)
        headers[header] = f"Bearer {value}" if variable == teacher.key_env else value
    return headers, secrets
