"""The YAML language server that editors start, asked over its own protocol."""

import itertools
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Message = dict[str, Any]


@dataclass
class LanguageServer:
    """A running server."""

    process: "subprocess.Popen[bytes]"
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    told: dict[str, list[Message]] = field(default_factory=dict)
    """Address of a file -> its newest diagnostics."""

    def begin(self) -> None:
        """Shake hands."""
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        self._send({"method": "initialized", "params": {}})

    def open(self, path: Path, text: str) -> str:
        """Open a file with this text, and return its address."""
        address = path.as_uri()
        document = {"uri": address, "languageId": "yaml", "version": 1, "text": text}
        self.told.pop(address, None)
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return address

    def underlined(self, path: Path, text: str) -> list[str]:
        """Return what is said of the parts that are underlined."""
        address = self.open(path, text)
        while address not in self.told:
            self._receive()
        return [found["message"] for found in self.told[address]]

    def offered(self, path: Path, text: str) -> list[str]:
        """Return what is offered at the place of `|`."""
        found = self._at("completion", path, text)
        items = found["items"] if isinstance(found, dict) else found or []
        return [item["label"] for item in items]

    def explained(self, path: Path, text: str) -> str:
        """Return what is said of the word at the place of `|`."""
        found = self._at("hover", path, text)
        return str(found["contents"]["value"]) if found else ""

    def ask(self, method: str, params: Message) -> Any:
        """Return the answer to a question."""
        number = next(self.numbers)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _at(self, what: str, path: Path, text: str) -> Any:
        before, _, after = text.partition("|")
        address = self.open(path, before + after)
        place = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        return self.ask(f"textDocument/{what}", {"textDocument": {"uri": address}, "position": place})

    def _send(self, message: Message) -> None:
        assert self.process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> Message:
        """Read one message; answer what the server itself asks, keep its diagnostics."""
        assert self.process.stdout
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            assert line, "the language server has ended"
            name, _, value = line.partition(b":")
            length = int(value) if name == b"Content-Length" else length
        message: Message = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.told[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            settings = [_SETTINGS.get(item.get("section"), {}) for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": settings})
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message


_SETTINGS: dict[str, Message] = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False},
    }
}


def installed(folder: Path) -> list[str]:
    """Return the words that start the server, newly installed; skip the test where it cannot be had."""
    try:
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--fetch-retries=1", "yaml-language-server@1"],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=300,
        )
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"NOT TESTED: npm cannot install yaml-language-server: {error}")
    return ["node", str(folder / "node_modules/yaml-language-server/bin/yaml-language-server"), "--stdio"]
