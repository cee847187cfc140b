"""Writes the mean, least and greatest value of a metric over the trials that a file lists."""

import json
import os
import sys
from pathlib import Path

found = [trial["metrics"][sys.argv[2]] for trial in json.loads(Path(sys.argv[1]).read_text())]
summary = {"count": len(found), "mean": sum(found) / len(found), "least": min(found), "greatest": max(found)}
Path(os.environ["ORCHESTRATOR_RESULT"]).write_text(json.dumps(summary))
