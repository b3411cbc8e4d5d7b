"""Sends what the test wants to see with Segment's own Python client: host, user and timeout are its arguments."""

import datetime
import sys

from segment.analytics.client import Client

host, user, timeout = sys.argv[1], sys.argv[2], float(sys.argv[3])
client = Client("demo", host=host, timeout=timeout, max_retries=5)
now = datetime.datetime.now(datetime.timezone.utc)
client.track(user_id=user, anonymous_id=f"{user} anonymous", event="Signed Up")
client.identify(user_id=user, traits={"plan": "pro"})
client.track(
    user_id=user,
    event="Order Completed",
    properties={"order_id": "o1", "revenue": 12.5, "currency": "EUR", "products": [{"product_id": "p1"}]},
    timestamp=now - datetime.timedelta(days=2),
)
client.screen(user_id=user, name="Cart")
client.track(user_id=user, event="Wished", properties={"size": 42})
client.flush()
client.join()
