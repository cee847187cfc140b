"""JSON Schemas of study, report and profile files, for editors."""
