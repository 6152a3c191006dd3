"""The child behind ``pdf.render``, forked in ``pdf_room``: one order as JSON on standard input, one PDF on standard output."""

import base64
import json
import logging
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pydyf
from PIL import Image
from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.pdf.metadata import NS, DocumentMetadata
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from backoffice.core import confinement
from backoffice.core.paths import resource_dir
from backoffice.reports import tagging, written
from backoffice.reports.pdf import BLOCKED

SCHEME = "bundle:"
"""``bundle:Pretendard-Regular.ttf``: a font or picture that ships with the product, by its bare name."""

PIXELS = 20_000_000
"""A picture of more than twice as many is left out."""

_TYPES = {".ttf": "font/ttf", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}
_EXTENSION_SCHEMA = """
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
 <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
  <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
  <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
  <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
  <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
   <pdfaProperty:name>part</pdfaProperty:name>
   <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
   <pdfaProperty:category>internal</pdfaProperty:category>
   <pdfaProperty:description>Part of the PDF/UA standard the document conforms to</pdfaProperty:description>
  </rdf:li></rdf:Seq></pdfaSchema:property>
 </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
_PREFIXES = {
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}


class BundledFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no annotations
    """Serves bundled fonts and pictures and ``data:``; whatever else is asked for ends the rendering."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        static = resource_dir("static")
        folders = ("fonts", "img")
        self._bundled = {path.name: path for name in folders for path in static.glob(f"{name}/**/*") if path.is_file()}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002  # their signature
        if url.startswith("data:"):
            return inline(url)
        path = self._bundled.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
        if path is None or path.suffix not in _TYPES:
            raise FatalURLFetchingError(f"blocked: {url[:200]}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _TYPES[path.suffix]})


def inline(url: str) -> URLFetcherResponse:
    """What a ``data:`` address carries in itself."""
    described, _, payload = url.removeprefix("data:").partition(",")
    kind, *options = described.split(";")
    content = unquote_to_bytes(payload)
    if "base64" in options:
        content = base64.b64decode(content)
    return URLFetcherResponse(url, content, {"Content-Type": kind or "text/plain"})


class Metadata(DocumentMetadata):  # type: ignore[misc]  # WeasyPrint ships no annotations
    """Metadata that also says PDF/UA-1, in the one RDF that a PDF/A validator accepts."""

    def generate_rdf_metadata(self, variant: str, version: int, conformance: str) -> bytes:
        rdf = ElementTree.fromstring(super().generate_rdf_metadata(variant, version, conformance))  # noqa: S314  # our own bytes
        about = {f"{{{NS['rdf']}}}about": "", f"{{{NS['pdfuaid']}}}part": "1"}
        ElementTree.SubElement(rdf, f"{{{NS['rdf']}}}Description", about)
        rdf.append(ElementTree.fromstring(_EXTENSION_SCHEMA))  # noqa: S314  # a constant
        for prefix, uri in _PREFIXES.items():
            ElementTree.register_namespace(prefix, uri)
        content: bytes = ElementTree.tostring(rdf, encoding="utf-8")
        return content


def attachments(order: Mapping[str, Any], created: datetime) -> list[Attachment]:
    return [
        Attachment(
            string=base64.b64decode(one["content"]),
            name=one["name"],
            description=one["description"],
            created=created,
            modified=created,
            relationship="Data",
        )
        for one in order["attachments"]
    ]


def finish(_: Document, paper: pydyf.PDF) -> None:
    """The last hand on a paper before it is written."""
    tagging.complete(paper)
    written.once(paper)


def print_order(order: Mapping[str, Any]) -> tuple[int, bytes]:
    """Lay out and write one order: number of pages, and the bytes."""
    fetcher, fonts = BundledFetcher(), FontConfiguration()
    sheet = (resource_dir("static") / Path(order["stylesheet"]).name).read_text(encoding="utf-8")
    options = {"pdf_variant": "pdf/a-3a", "presentational_hints": False, "full_fonts": False}
    styles = [CSS(string=sheet, url_fetcher=fetcher, font_config=fonts)]
    laid_out: Document = HTML(string=order["html"], url_fetcher=fetcher).render(
        font_config=fonts, stylesheets=styles, **options
    )
    laid_out.metadata = Metadata(
        title=order["title"],
        generator="Ieum",
        created=order["created"],
        modified=order["created"],
        lang=order["language"],
    )
    created = datetime.fromisoformat(order["created"])
    content: bytes = laid_out.write_pdf(
        pdf_identifier=order["identifier"].encode(),
        attachments=attachments(order, created),
        finisher=finish,
        **options,
    )
    return len(laid_out.pages), content


def main() -> int:
    """The whole life of a printing child."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr, format="%(message)s")
    order = json.load(sys.stdin)
    confinement.work_in(order["scratch"])
    confinement.limit(order["memory"], order["seconds"])
    Image.MAX_IMAGE_PIXELS = PIXELS
    confinement.lock_down(resource_dir("static"), order["scratch"])
    try:
        pages, content = print_order(order)
        sys.stdout.buffer.write(b"%d\n" % pages + content)
    except FatalURLFetchingError as error:
        sys.stderr.write(f"{error}\n")
        return BLOCKED
    except Exception as error:
        if confinement.ran_out(error):
            confinement.leave(confinement.TOO_LARGE)
        raise
    return 0
