"""Counts which browsers of a public list are taken for bots, and which bots are not: `make user-agents`.

The list is that of the test fixtures in the source package of device-detector on PyPI, Matomo's parser of user agents.
Its arguments are that archive and the program that asks orma (collector/examples/user_agents.rs).
"""

import subprocess
import sys
import tarfile
from collections import Counter

import yaml

FIXTURES = "/tests/fixtures/upstream/"


def user_agents(archive):
    """What each user agent is of: a bot, or the type of its client."""
    with tarfile.open(archive) as files:
        for file in files:
            if FIXTURES not in file.name or not file.name.endswith(".yml"):
                continue
            is_bots = file.name.endswith("/bots.yml")
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            for fixture in yaml.load(files.extractfile(file), Loader=loader) or []:
                client = fixture.get("client")
                kind = client.get("type", "") if isinstance(client, dict) else ""
                yield "bot" if is_bots else kind, str(fixture["user_agent"]).replace("\n", " ")


def main(archive, program):
    lists = {"browser": [], "bot": []}
    for kind, user_agent in user_agents(archive):
        if kind in lists:
            lists[kind].append(user_agent)
    for kind, agents in lists.items():
        asked = subprocess.run([program], input="\n".join(agents) + "\n", capture_output=True, check=True, text=True)
        *bots, total = asked.stdout.rstrip("\n").split("\n")
        print(f"{kind}: {total}")
        if kind == "browser":
            for (verdict, reason), count in Counter(tuple(line.split("\t")[:2]) for line in bots).most_common():
                print(f"  {count} {verdict} {reason}")


main(*sys.argv[1:])
