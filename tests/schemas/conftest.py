"""What tests of schemas share with those of verbs."""

from tests.verbs.conftest import type_

__all__ = ["type_"]
