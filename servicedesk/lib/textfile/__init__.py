"""Files that people write and edit: read strictly, every fault told with line, key and reason.

``tree`` turns YAML into a plain tree with lines, ``reader`` takes typed values out of it,
``problems`` keeps what is wrong, ``notation`` says how durations are written: pure Python.
``faults``, ``refusal`` and ``form`` are the side towards pages and programs.
"""
