"""What an archival and accessible PDF must be built like, looked up in the finished file: python -m tests.reports.structure FILE…

The rules are those of PDF/A-3 level A (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) that can be seen in the file; each finding
is one sentence. It is no replacement for a certified validator, but it fails when a template or the printer slips.
"""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from tests.reports.tagged import many

Check = Callable[[pikepdf.Pdf], Iterator[str]]

HEADINGS = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")
SCOPES = {"/Column", "/Row", "/Both"}
RELATIONSHIPS = {"/Source", "/Data", "/Alternative", "/Supplement"}
FORBIDDEN_ACTIONS = {"/Launch", "/JavaScript", "/SubmitForm", "/ImportData", "/ResetForm", "/Sound", "/Movie"}
PARENTS = {
    "/TR": {"/Table", "/THead", "/TBody", "/TFoot"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
    "/LI": {"/L"},
    "/LBody": {"/LI"},
    "/Caption": {"/Table", "/Figure", "/L", "/NonStruct", "/Sect", "/Div", "/Part"},
}
"""Which element may stand in which other."""

PAINTING = {"Tj", "TJ", "'", '"', "Do", "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "EI"}


def findings(content: bytes) -> list[str]:
    """What is wrong with a PDF; nothing is wrong with an empty list."""
    with pikepdf.open(io.BytesIO(content)) as paper:
        return [f"{name}: {text}" for name, check in CHECKS.items() for text in check(paper)]


def elements(paper: pikepdf.Pdf) -> Iterator[tuple[Dictionary, str]]:
    """Every structure element in reading order, with the kind of the one it stands in."""
    pending: list[tuple[Any, str]] = [(paper.Root.get("/StructTreeRoot"), "")]
    while pending:
        item, above = pending.pop()
        if isinstance(item, Array):
            pending.extend((kid, above) for kid in reversed(many(item)))
        elif isinstance(item, Dictionary) and "/S" in item:
            yield item, above
            pending.append((item.get("/K"), str(item.S)))
        elif isinstance(item, Dictionary):
            pending.append((item.get("/K"), above))


def kind(item: Dictionary) -> str:
    return str(item.S)


def attribute(item: Dictionary, name: str) -> str:
    """A value out of the attributes of a structure element, which may be one dictionary or several."""
    held = item.get("/A")
    for one in many(held):
        if isinstance(one, Dictionary) and name in one:
            return str(one[name])
    return ""


def identification(paper: pikepdf.Pdf) -> Iterator[str]:
    """It says in its metadata what it conforms to, once, and declares the words it says it with."""
    if "/Metadata" not in paper.Root:
        yield "there is no metadata"
        return
    raw = paper.Root.Metadata.read_bytes()
    meta = paper.open_metadata()
    if (meta.get("pdfaid:part"), meta.get("pdfaid:conformance")) != ("3", "A"):
        yield "the metadata does not say PDF/A-3a"
    if meta.get("pdfuaid:part") != "1":
        yield "the metadata does not say PDF/UA-1"
    if raw.count(b"<rdf:RDF") != 1:
        yield "the metadata has not exactly one RDF"
    if b"pdfaExtension:schemas" not in raw:
        yield "the words of PDF/UA are not declared"
    if not any(intent.get("/S") == "/GTS_PDFA1" for intent in many(paper.Root.get("/OutputIntents"))):
        yield "there is no output intent"
    if paper.is_encrypted:
        yield "it is encrypted"


def title(paper: pikepdf.Pdf) -> Iterator[str]:
    """Its title stands in the window, in the information and in the metadata, and they agree."""
    said = str(paper.docinfo.get("/Title", ""))
    if not said.strip():
        yield "there is no title"
    if paper.open_metadata().get("dc:title") != said:
        yield "the titles of information and metadata differ"
    if paper.Root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle") is not True:
        yield "the window shows the name of the file"


def language(paper: pikepdf.Pdf) -> Iterator[str]:
    if str(paper.Root.get("/Lang", "")) not in {"ko", "en"}:
        yield "the document has no language"


def tags(paper: pikepdf.Pdf) -> Iterator[str]:
    """There is a tree of tags, its kinds are known, and every element stands where it may."""
    if paper.Root.get("/MarkInfo", Dictionary()).get("/Marked") is not True:
        yield "it is not marked as tagged"
    if "/StructTreeRoot" not in paper.Root or "/ParentTree" not in paper.Root.StructTreeRoot:
        yield "there is no tree of tags"
        return
    seen = 0
    for item, above in elements(paper):
        seen += 1
        if kind(item) in PARENTS and above not in PARENTS[kind(item)]:
            yield f"{kind(item)} stands in {above}"
    if seen < 2:
        yield "the tree of tags is empty"


def headings(paper: pikepdf.Pdf) -> Iterator[str]:
    """The first is of the first level, and none is left out on the way down."""
    level = 0
    for item, _ in elements(paper):
        if kind(item) in HEADINGS:
            this = HEADINGS.index(kind(item)) + 1
            if this > level + 1:
                yield f"H{this} follows H{level}" if level else f"the first heading is H{this}"
            level = this
    if not level:
        yield "there is no heading"


def tables(paper: pikepdf.Pdf) -> Iterator[str]:
    """Every table has heads, every head says for what, and the rows are equally long."""
    for item, _ in elements(paper):
        if kind(item) == "/Table":
            yield from _table(item)
        if kind(item) == "/TH" and attribute(item, "/Scope") not in SCOPES:
            yield "a head of a table does not say whether it heads a column or a row"


def _table(table: Dictionary) -> Iterator[str]:
    rows = list(_rows(table))
    cells = [[cell for cell in many(row.get("/K")) if kind(cell) in {"/TH", "/TD"}] for row in rows]
    if not any(kind(cell) == "/TH" for row in cells for cell in row):
        yield "a table has no head"
    if any(attribute(cell, "/RowSpan") for row in cells for cell in row):
        return
    widths = {sum(int(attribute(cell, "/ColSpan") or 1) for cell in row) for row in cells}
    if len(widths) > 1:
        yield f"the rows of a table are {sorted(widths)} cells long"


def _rows(item: Dictionary) -> Iterator[Dictionary]:
    for kid in many(item.get("/K")):
        if isinstance(kid, Dictionary) and kid.get("/S") == "/TR":
            yield kid
        elif isinstance(kid, Dictionary) and kid.get("/S") in {"/THead", "/TBody", "/TFoot"}:
            yield from _rows(kid)


def figures(paper: pikepdf.Pdf) -> Iterator[str]:
    for item, _ in elements(paper):
        if kind(item) == "/Figure" and not str(item.get("/Alt", "")).strip():
            yield "a figure is not told in words"


def outline(paper: pikepdf.Pdf) -> Iterator[str]:
    """There are bookmarks, each with words and a place."""
    if "/Outlines" not in paper.Root:
        yield "there is no outline"
        return
    pending = [paper.Root.Outlines.get("/First")]
    if pending == [None]:
        yield "the outline is empty"
    while pending:
        item = pending.pop()
        if item is None:
            continue
        if not str(item.get("/Title", "")).strip() or not ("/Dest" in item or "/A" in item):
            yield "a bookmark has no words or no place"
        pending += [item.get("/First"), item.get("/Next")]


def annotations(paper: pikepdf.Pdf) -> Iterator[str]:
    """Links are told in words, hang in the tree of tags, lead somewhere, and start nothing; tabs follow the tags."""
    places = {str(name) for name in pikepdf.NameTree(paper.Root.Names.Dests)} if _has_places(paper) else set()
    linked = sum(kind(item) == "/Link" for item, _ in elements(paper))
    found = 0
    for number, page in enumerate(paper.pages, 1):
        if page.get("/Tabs") != "/S":
            yield f"tabs of page {number} do not follow the tags"
        for one in many(page.get("/Annots")):
            found += one.get("/Subtype") == "/Link"
            if not str(one.get("/Contents", "")).strip() or "/StructParent" not in one:
                yield f"a link of page {number} is not told in words or not tagged"
            if "/Dest" in one and str(one.Dest) not in places:
                yield f"a link of page {number} leads nowhere: {one.Dest}"
            if "/Dest" not in one and one.get("/A", Dictionary()).get("/S") in FORBIDDEN_ACTIONS | {None}:
                yield f"a link of page {number} does what it must not"
    if found > linked:
        yield f"{found} links, but only {linked} of them tagged"


def _has_places(paper: pikepdf.Pdf) -> bool:
    return "/Dests" in paper.Root.get("/Names", Dictionary())


def actions(paper: pikepdf.Pdf) -> Iterator[str]:
    """Nothing runs when it is opened or clicked."""
    for name in ("/OpenAction", "/AA", "/AcroForm"):
        if name in paper.Root:
            yield f"the document has {name}"
    for item in paper.objects:
        if isinstance(item, Dictionary) and item.get("/S") in FORBIDDEN_ACTIONS and "/K" not in item:
            yield f"there is an action {item.S}"


def fonts(paper: pikepdf.Pdf) -> Iterator[str]:
    """Every font travels along as outlines, and its letters can be read back."""
    for item in paper.objects:
        if not isinstance(item, Dictionary):
            continue
        if item.get("/Type") == "/Font":
            if item.get("/Subtype") == "/Type3":
                yield "there is a font of drawings"
            if item.get("/Subtype") == "/Type0" and "/ToUnicode" not in item:
                yield f"letters of {item.BaseFont} cannot be read back"
        if item.get("/Type") == "/FontDescriptor" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(item.keys()):
            yield f"{item.FontName} is not embedded"


def files(paper: pikepdf.Pdf) -> Iterator[str]:
    """Every attached file says what it is to the document, what it holds and of which type it is."""
    named = pikepdf.NameTree(paper.Root.Names.EmbeddedFiles) if "/EmbeddedFiles" in paper.Root.get("/Names", {}) else {}
    associated = {one.objgen for one in many(paper.Root.get("/AF"))}
    for name, one in named.items():
        if one.objgen not in associated:
            yield f"{name} is not associated with the document"
        if str(one.get("/AFRelationship", "")) not in RELATIONSHIPS:
            yield f"{name} does not say what it is to the document"
        if not str(one.get("/Desc", "")).strip() or "/UF" not in one or "/Subtype" not in one.EF.F:
            yield f"{name} has no description, no name or no type"


def content(paper: pikepdf.Pdf) -> Iterator[str]:
    """Whatever is painted on a page is either tagged or decoration."""
    for number, page in enumerate(paper.pages, 1):
        depth = loose = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in {"BDC", "BMC"}:
                depth += 1
                if name == "BDC" and operands[0] != Name.Artifact and "/MCID" not in operands[1]:
                    yield f"page {number} marks content that is in no tree"
            elif name == "EMC":
                depth -= 1
            elif name in PAINTING and not depth:
                loose += 1
        if loose or depth:
            yield f"{loose} things on page {number} are neither tagged nor decoration"


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        identification, title, language, tags, headings, tables, figures, outline, annotations, actions, fonts, files,
        content,
    )
}  # fmt: skip


def main(paths: list[str]) -> int:
    """One line for each finding; 1 when there is any, 2 without a file."""
    if not paths:
        sys.stderr.write("usage: python -m tests.reports.structure FILE…\n")
        return 2
    found = [f"{path}: {text}" for path in paths for text in findings(Path(path).read_bytes())]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
