"""llmock's servers and jsonschema's verdict, driven by lines of JSON on standard input; ends with it."""

import json
import sys

from jsonschema import Draft202012Validator
from llmock.scenarios import behavior_from_dict
from llmock.testing import LLMockServer
from llmock.verdict import judge

servers = []


def start(_):
    servers.append(LLMockServer().start())
    return {"id": len(servers) - 1, "port": servers[-1].port}


def queue(told):
    behaviors = [behavior_from_dict(behavior) for behavior in told["behaviors"]]
    servers[told["id"]].state.scenarios.add(*behaviors)


def requests(told):
    return [record.to_dict() for record in servers[told["id"]].state.journal.records(wait=30)]


def verdict(told):
    judged = judge(servers[told["id"]].state.journal.records(wait=30))
    strict = None
    try:
        judged.assert_ok(strict=True)
    except AssertionError as error:
        strict = str(error)
    return {"strict": strict, **judged.to_dict()}


def validate(told):
    """What the schema says against each body; no line: nothing."""
    with open(told["schema"], encoding="utf-8") as file:
        document = json.load(file)
    root = {"$ref": "#/components/schemas/CreateChatCompletionRequest", "components": document["components"]}
    validator = Draft202012Validator(root)
    return [error.message[:300] for body in told["bodies"] for error in validator.iter_errors(body)]


DO = {"start": start, "queue": queue, "requests": requests, "verdict": verdict, "validate": validate}
for line in sys.stdin:
    told = json.loads(line)
    print(json.dumps(DO[told["do"]](told)), flush=True)
