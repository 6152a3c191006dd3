"""Forms that a definition asks people to fill: what they name exists, and no question contradicts itself."""

from collections.abc import Iterator, Sequence

from workflows.forms import Field, Form
from workflows.reading import Place
from workflows.rules.report import Report, known

Placed = tuple[Place, Field]


def uses(report: Report) -> None:
    """WF106: every form that a state or task names exists."""
    flow = report.workflow
    for name, state in flow.states.items():
        for form in state.edit:
            if form not in flow.forms:
                report.add("WF106", ("states", name, "edit", form), f"unknown form '{form}'", known(flow.forms, form))
        for task_name, task in state.tasks.items():
            if task.form is not None and task.form not in flow.forms:
                place = ("states", name, "tasks", task_name, "form")
                report.add("WF106", place, f"unknown form '{task.form}'", known(flow.forms, task.form))


def fields(report: Report) -> None:
    """WF107, WF113: every question can be asked, answered and fed as it says."""
    for name, form in report.workflow.forms.items():
        _codes(report, ("forms", name, "sections"), [section.code for section in form.sections])
        feeds: set[str] = set()
        for place, field in _placed(name, form):
            _document(report, place, field)
            _condition(report, place, field, form.fields)
            _limits(report, place, field)
            if field.feeds is not None and field.feeds in feeds:
                report.add("WF113", (*place, "feeds"), f"two fields feed '{field.feeds}'", "keep one of the two")
            feeds |= {field.feeds} if field.feeds else set()
            for index, inner in enumerate(field.fields):
                _condition(report, (*place, "fields", index), inner, field.fields)
                _limits(report, (*place, "fields", index), inner)


def _placed(name: str, form: Form) -> Iterator[Placed]:
    for number, section in enumerate(form.sections):
        for index, field in enumerate(section.fields):
            yield ("forms", name, "sections", number, "fields", index), field


def _document(report: Report, place: Place, field: Field) -> None:
    documents = report.workflow.documents
    if field.document is not None and field.document not in documents:
        what = f"field '{field.name}' names the unknown document '{field.document}'"
        report.add("WF107", (*place, "document"), what, known(documents, field.document))


def _condition(report: Report, place: Place, field: Field, others: Sequence[Field]) -> None:
    by_name = {other.name: other for other in others}
    if field.when is not None:
        asked = by_name.get(field.when.field)
        if asked is None or asked.name == field.name:
            what = f"field '{field.name}' depends on the unknown field '{field.when.field}'"
            report.add("WF113", (*place, "when"), what, known(set(by_name) - {field.name}, field.when.field))
        elif asked.options:
            codes = {option.code for option in asked.options}
            for code in sorted(set(field.when.is_one_of) - codes):
                what = f"field '{field.name}' waits for '{code}', which '{asked.name}' does not offer"
                report.add("WF113", (*place, "when"), what, known(codes, code))
    if field.after is not None:
        dates = {other.name for other in others if other.type == "date"} - {field.name}
        if field.type != "date" or field.after not in dates:
            what = f"field '{field.name}' must lie after '{field.after}', which is no other date"
            report.add("WF113", (*place, "after"), what, known(dates, field.after))
    if field.total is not None:
        columns = {inner.name for inner in field.fields if inner.type == "money"}
        if field.total not in columns:
            what = f"field '{field.name}' adds up '{field.total}', which is no money column of it"
            report.add("WF113", (*place, "total"), what, known(columns, field.total))


def _limits(report: Report, place: Place, field: Field) -> None:
    ranges = (("min", field.min, field.max), ("min_length", field.min_length, field.max_length))
    for key, least, most in ranges:
        if least is not None and most is not None and least > most:
            what = f"field '{field.name}' wants at least {least:,} and at most {most:,}"
            report.add("WF113", (*place, key), what, "nobody can answer that; correct one of the two")
    if field.type == "group" and field.min_rows > field.max_rows:
        what = f"field '{field.name}' wants at least {field.min_rows} rows and at most {field.max_rows}"
        report.add("WF113", (*place, "min_rows"), what, "nobody can answer that; correct one of the two")
    _codes(report, (*place, "options"), [option.code for option in field.options])
    _codes(report, (*place, "fields"), [inner.name for inner in field.fields])


def _codes(report: Report, place: Place, codes: Sequence[str]) -> None:
    for index, code in enumerate(codes):
        if code in codes[:index]:
            report.add("WF115", (*place, index), f"'{code}' is listed twice", "keep one of the two")
