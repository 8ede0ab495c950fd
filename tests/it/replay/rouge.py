"""ROUGE-1, 2 and L in percent by the rouge-score package: rouge.py DIALOGUES OUT. A line for each way, ours first."""
import json
import re
import sys

from rouge_score import rouge_scorer

KINDS = ["rouge1", "rouge2", "rougeL"]
scorer = rouge_scorer.RougeScorer(KINDS, use_stemmer=True)
tickets = {}
for line in open(sys.argv[2], encoding="utf-8"):
    record = json.loads(line)
    tickets[record["id"]] = record["ticket"]

rows = []
for line in open(sys.argv[1], encoding="utf-8"):
    dialogue = json.loads(line)
    reference, ticket = dialogue.get("reference_summary"), tickets[dialogue["id"]]
    said = [turn["text"] for turn in dialogue["turns"] if turn["role"] == "customer"]
    sentences = [s.strip() for text in said for s in re.split(r"(?<=[.!?])\s+", text) if s.strip()]
    if not (reference and ticket and sentences):
        continue
    longest = sorted(sentences, key=len)[-3:]
    ways = [[ticket["summary"]], sentences[:3], sentences[-3:], longest]
    rows.append([scorer.score(reference, " ".join(way)) for way in ways])

for way in range(4):
    means = [100 * sum(row[way][kind].fmeasure for row in rows) / len(rows) for kind in KINDS]
    print(" ".join(f"{mean:.1f}" for mean in means))
