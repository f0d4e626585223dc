"""What schemathesis has to be told: how a body of several JSON texts is written."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/jsonl")
def lines(context, value):
    if isinstance(value, (str, bytes)):
        return value if isinstance(value, bytes) else value.encode()
    texts = value if isinstance(value, list) else [value]
    return "".join(json.dumps(text) + "\n" for text in texts).encode()
