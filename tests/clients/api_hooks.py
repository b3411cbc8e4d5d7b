"""What the tester of the API must know to ask what is to be answered, and a schema cannot say: how parameters go
together, and that limits of texts are in bytes."""

import datetime

import schemathesis


def distinct(names):
    """Names with commas between, each once."""
    return ",".join(dict.fromkeys(names.split(",")))


@schemathesis.hook
def map_query(context, query):
    """Mends what would be refused for what it is beside something else."""
    if not isinstance(query, dict):
        return query
    # Only the answer before can give one.
    query.pop("cursor", None)
    today = datetime.date.today().isoformat()
    if "from" in query and query["from"][:10] >= query.get("to", today)[:10]:
        del query["from"]
    for name in ("metrics", "group_by"):
        if name in query:
            query[name] = distinct(query[name])
    if query.get("order_by") not in query.get("metrics", "visitors").split(","):
        query.pop("order_by", None)
    # Many buckets in a long period are too many.
    if "interval" in query:
        for name in ("from", "to"):
            query.pop(name, None)
        query["interval"] = "day"
    return query


@schemathesis.hook
def map_body(context, body):
    """Texts are short, and without control characters."""
    if isinstance(body, dict):
        return {name: map_body(context, value) for name, value in body.items()}
    if isinstance(body, list):
        return [map_body(context, value) for value in body]
    if isinstance(body, str):
        return "".join(letter for letter in body if letter.isprintable())[:40] or "x"
    return body
