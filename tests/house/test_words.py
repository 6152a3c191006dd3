"""Every text of a page exists in Korean and in English."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.house.test_sizes import ROOT
from workflows import catalogue, indicators

CATALOGUE = ROOT / "backoffice/translations/en/LC_MESSAGES"
METHODS = [("backoffice/**.py", "python"), ("templates/**.html", "jinja2")]


def texts() -> set[str]:
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(str(ROOT), method_map=METHODS, keywords=keywords)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def test_every_text_of_a_page_has_an_english_translation() -> None:
    with (CATALOGUE / "messages.po").open("rb") as source:
        known = read_po(source, locale="en")
    missing = [text for text in texts() if (entry := known.get(text)) is None or not all([entry.string, *entry.string])]
    assert not missing


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with (CATALOGUE / "messages.po").open("rb") as written, (CATALOGUE / "messages.mo").open("rb") as compiled:
        po, mo = read_po(written, locale="en"), read_mo(compiled)
    assert {str(entry.id): str(entry.string) for entry in po if entry.id} == {
        str(entry.id).replace("[", "(").replace("]", ")"): str(entry.string).replace("[", "(").replace("]", ")")
        for entry in mo
        if entry.id
    }


def test_indicators_and_programs_speak_both_languages() -> None:
    labels = [item.label for item in indicators.all_indicators().values()]
    labels += [loaded.workflow.title for loaded in catalogue.shipped().values()]
    assert all(label.ko and label.en for label in labels)
    assert Path(indicators.FILE).is_file()
