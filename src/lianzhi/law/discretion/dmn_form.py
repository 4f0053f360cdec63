"""Decision tables in DMN XML, versions 1.1 to 1.5 of the OMG, from any tool.

A table with an output `list` and an input `item`, whose every entry is one string, is a legal one:
rows are indexed by the item, and fine_from, fine_to are its fine. Any other table is checked and
decided with its outputs as they are. Columns or annotations named basis, article, note,
effective_from and effective_until describe the row in both.
"""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress

from lxml import etree

from lianzhi.law.discretion import moments
from lianzhi.law.discretion.draft import (
    ABOUT,
    MAX_ROWS,
    Draft,
    DraftInput,
    DraftRow,
    Problem,
    TableError,
)
from lianzhi.law.discretion.unary import Type, UnaryError, parse

#: Namespaces of DMN 1.1, 1.2, 1.3, 1.4 and 1.5.
NAMESPACES = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)
_TYPES: dict[str, Type] = {
    "string": "string", "number": "number", "double": "number", "decimal": "number",
    "float": "number", "integer": "integer", "int": "integer", "long": "integer",
    "short": "integer", "boolean": "boolean", "date": "date",
    "dateTime": "date", "date and time": "date",
}  # fmt: skip
_MAX_DEPTH = 8
_DAY = re.compile(moments.PATTERN)


def drafts(data: bytes, source: str, decision: str = "") -> list[Draft]:
    """Every decision table of a file, or the one with this id or name. Raises TableError."""
    root = _root(data, source)
    model = _Model(root, source)
    chosen = [
        decision_ for decision_ in model.decisions() if not decision or decision in decision_[:2]
    ]
    if not chosen:
        known = ", ".join(decision[0] for decision in model.decisions()) or "none"
        mend = f"no decision table has this id or name; there is {known}"
        raise TableError(source, [Problem("file", "decision", decision, mend)])
    return [model.draft(*decision_) for decision_ in chosen]


def _root(data: bytes, source: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise TableError(source, [Problem("file", "XML", "", f"{error}; mend it")]) from None
    if root.getroottree().docinfo.doctype:
        mend = "a DTD is not read; take it out"
        raise TableError(source, [Problem("file", "DOCTYPE", "", mend)])
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        mend = f"the root must be definitions in a namespace of DMN 1.1 to 1.5: {NAMESPACES[2]}"
        raise TableError(source, [Problem("file", "root", str(root.tag), mend)])
    return root


class _Model:
    def __init__(self, root: etree._Element, source: str) -> None:
        self.root, self.source = root, source
        self.prefix = f"{{{etree.QName(root).namespace}}}"
        self.items = {item.get("name", ""): item for item in self._all(root, "itemDefinition")}
        self.data = {
            node.get("name", ""): variable.get("typeRef", "")
            for node in self._all(root, "inputData")
            for variable in self._all(node, "variable")
        }

    def _all(self, element: etree._Element, name: str) -> list[etree._Element]:
        return list(element.findall(self.prefix + name))

    def _text(self, element: etree._Element, *path: str) -> str:
        """The text of a child; empty if there is none."""
        node = element.find("/".join(self.prefix + name for name in (*path, "text")))
        return "" if node is None else "".join(node.itertext()).strip()

    def decisions(self) -> list[tuple[str, str, etree._Element]]:
        """Id, name and table of each decision that is a table."""
        return [
            (node.get("id", ""), node.get("name", ""), table)
            for node in self._all(self.root, "decision")
            for table in self._all(node, "decisionTable")
        ]

    def draft(self, key: str, name: str, table: etree._Element) -> Draft:
        """The draft of one table."""
        inputs = [self._input(node, n) for n, node in enumerate(self._all(table, "input"), 1)]
        outputs = self._all(table, "output")
        names = [output.get("name") or output.get("label") or f"output {n}"
                 for n, output in enumerate(outputs, 1)]  # fmt: skip
        notes = [node.get("name", "") for node in self._all(table, "annotation")]
        lines = self._all(table, "rule")[: MAX_ROWS + 1]
        rows = [self._row(n, line, inputs, names, notes) for n, line in enumerate(lines, 1)]
        of_law = "list" in names and "item" in [fact.name for fact in inputs]
        of_law = of_law and all(_single_name(row.when["item"]) is not None for row in rows)
        if of_law:
            inputs = [fact for fact in inputs if fact.name != "item"]
            for row in rows:
                row.item = _single_name(row.when.pop("item"))
        defaults = [self._text(output, "defaultOutputEntry") for output in outputs]
        return Draft(
            id=key or name,
            zh=name,
            en=name,
            hit_policy=table.get("hitPolicy", "UNIQUE"),
            priority=dict(self._priority(names, outputs)),
            inputs=inputs,
            rows=rows,
            default=(
                {n: _literal(text) for n, text in zip(names, defaults, strict=True)}
                if any(defaults)
                else None
            ),
            by_law=of_law,
        )

    def _input(self, element: etree._Element, n: int) -> DraftInput:
        """An input with its name from the expression, and its type from it, its data or an item
        definition.
        """
        name = self._text(element, "inputExpression") or element.get("label", "") or f"input {n}"
        expression = element.find(self.prefix + "inputExpression")
        type_name = expression.get("typeRef", "") if expression is not None else ""
        kind, values = self._typed(type_name or self.data.get(name, ""), name)
        label = element.get("label", "")
        values = self._text(element, "inputValues") or values
        return DraftInput(name=name, type=kind, values=values, zh=label, en=label)

    def _typed(self, type_name: str, name: str) -> tuple[str, str]:
        """The type and the allowed values behind a type reference."""
        values = ""
        for _ in range(_MAX_DEPTH):
            type_name = type_name.rpartition(":")[2] or type_name
            if type_name not in self.items:
                break
            definition = self.items[type_name]
            if definition.get("isCollection") == "true":
                mend = f"its type {type_name} is a collection; a table asks for single values"
                raise TableError(self.source, [Problem("inputs", name, type_name, mend)])
            values = (
                values
                or self._text(definition, "typeConstraint")
                or self._text(definition, "allowedValues")
            )
            base = definition.find(self.prefix + "typeRef")
            type_name = "" if base is None else (base.text or "").strip()
        return (_TYPES.get(type_name, type_name) if type_name not in ("Any", "") else ""), values

    def _row(
        self,
        n: int,
        rule: etree._Element,
        inputs: list[DraftInput],
        outputs: list[str],
        notes: list[str],
    ) -> DraftRow:
        place = f"rule {n}"
        for entry, fact in zip(self._all(rule, "inputEntry"), inputs, strict=False):
            language = entry.get("expressionLanguage", "")
            if language and "feel" not in language.lower():
                mend = "a cell in this language cannot be checked; write a unary test of FEEL"
                raise TableError(self.source, [Problem(place, fact.name, language, mend)])
        tests = [self._text(node) or "-" for node in self._all(rule, "inputEntry")]
        results = [_literal(self._text(node)) for node in self._all(rule, "outputEntry")]
        for label, given, wanted in (
            ("inputEntry", tests, inputs), ("outputEntry", results, outputs),
        ):  # fmt: skip
            if len(given) != len(wanted):
                mend = f"there are {len(wanted)} columns; give one for each"
                raise TableError(self.source, [Problem(place, label, str(len(given)), mend)])
        cells = dict(zip(outputs, results, strict=True))
        remarks = [self._description(rule)]
        texts = [self._text(node) for node in self._all(rule, "annotationEntry")]
        for name, text in zip([*notes, *[""] * len(texts)], texts, strict=False):
            if name in ABOUT and name != "note":
                cells.setdefault(name, _literal(text))
            else:
                remarks.append(text)
        if language := "; ".join(remark for remark in remarks if remark):
            cells.setdefault("note", language)
        when = {fact.name: test for fact, test in zip(inputs, tests, strict=True)}
        return DraftRow(place=place, id=rule.get("id", ""), when=when, cells=cells)

    def _description(self, rule: etree._Element) -> str:
        return (rule.findtext(self.prefix + "description") or "").strip()

    def _priority(
        self, names: list[str], outputs: list[etree._Element]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name, output in zip(names, outputs, strict=True):
            values = self._text(output, "outputValues")
            if not values:
                values = self._typed(output.get("typeRef", ""), name)[1]
            if values:
                try:
                    order = parse(values, "string").names
                except UnaryError:
                    order = tuple(value.strip() for value in values.split(","))
                yield name, tuple(str(value) for value in order)


def _single_name(test: str) -> str | None:
    """The string that a test names, if it is a single one."""
    try:
        condition = parse(test, "string")
    except UnaryError:
        return None
    if condition.negated or len(condition.names) != 1:
        return None
    return str(condition.names[0])


def _literal(text: str) -> str:
    """An output value: a string without its quotes, a day as 2026-01-31, otherwise unchanged."""
    if _DAY.fullmatch(text):
        with suppress(ValueError):
            return dt.date.fromordinal(moments.read(text)).isoformat()
    value = _single_name(text) if text.startswith('"') else None
    return text if value is None else value
