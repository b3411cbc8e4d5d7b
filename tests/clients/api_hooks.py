"""What the tester of the API must know to ask what is to be answered, and a schema cannot say: how parameters go
together, what is there already, which zones and origins there are, when letters are sent, and that limits of texts are in
bytes."""

import datetime
import itertools

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


NEW_SITES = (f"new-{number}" for number in itertools.count())


@schemathesis.hook
def map_body(context, body):
    """Mends what would be refused for what else there is."""
    body = short(body)
    if isinstance(body, dict):
        if body.get("site"):
            body["site"] = "demo" if "role" in body else next(NEW_SITES)
        if body.get("timezone"):
            body["timezone"] = "Asia/Kolkata"
        # Not in the year 2882.
        if body.get("sent_at"):
            body["sent_at"] = "2026-11-30T08:00:00Z"
        if body.get("origins"):
            body["origins"] = ["https://shop.example", "http://localhost:8080"]
    return body


def short(value):
    """Texts are short, and without control characters."""
    if isinstance(value, dict):
        return {name: short(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [short(inner) for inner in value]
    if isinstance(value, str):
        return "".join(letter for letter in value if letter.isprintable())[:40] or "x"
    return value
