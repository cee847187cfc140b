"""Whether a tracking server can be reached: asked by a short question, which MLflow itself does not have."""

from __future__ import annotations

import http.client
import re
import ssl
import urllib.error
import urllib.request

_WITHIN_S = 5
_TRIES = 4
"""A server, or what stands before it, may refuse now and then."""


def is_reachable(where: str) -> bool:
    """Say whether something answers at an address, whatever it says; true for what is no server."""
    if not where.startswith("http"):
        return True
    for _ in range(_TRIES):
        try:
            urllib.request.urlopen(where, timeout=_WITHIN_S).close()  # noqa: S310 - http alone, see above
        except (urllib.error.HTTPError, ssl.SSLError):  # an answer
            return True
        except TimeoutError:
            return False
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None)
            if isinstance(reason, ssl.SSLError):  # MLflow may be told of other certificates
                return True
            if isinstance(reason, TimeoutError):
                return False
        else:
            return True
    return False


def without_password(where: str) -> str:
    """Return an address as it may be shown."""
    return re.sub(r"//[^/@]*@", "//", where)
