"""Tells schemathesis how to sign a callback."""

import hashlib
import hmac
import os

import requests
import schemathesis

HEADER = "X-Jumio-Signature"


class Signature(requests.auth.AuthBase):
    """Signs the final body. Replaces the placeholder that the command line sets in the header."""

    def __call__(self, request):
        if request.headers.get(HEADER) == "sign":
            body = request.body or b""
            data = body.encode() if isinstance(body, str) else body
            secret = os.environ["JUMIO_CALLBACK_SECRET"].encode()
            request.headers[HEADER] = hmac.new(secret, data, hashlib.sha256).hexdigest()
        return request


@schemathesis.hook
def before_call(context, case, kwargs):
    kwargs["auth"] = Signature()
