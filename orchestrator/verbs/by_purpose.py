"""The list of verbs that `--help` shows."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class ByPurpose(TyperGroup):
    """Shows verbs under what one wants to do, their panel; rich would too, and double the time of --help."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # typer names these types nowhere public
        """Write a section for each panel, all with the same columns."""
        panels: dict[str, list[Any]] = {}
        for name in self.list_commands(ctx):
            verb = self.commands[name]
            panels.setdefault(getattr(verb, "rich_help_panel", None) or "Commands", []).append(verb)
        longest = max(len(name) for name in self.commands)
        for panel, verbs in panels.items():
            with formatter.section(panel):
                formatter.write_dl(
                    [
                        (f"{verb.name:{longest}}", verb.get_short_help_str(formatter.width - longest - 6))
                        for verb in verbs
                    ]
                )
