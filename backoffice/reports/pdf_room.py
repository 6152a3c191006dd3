"""The printing room: WeasyPrint is imported once, and each document is printed by a child forked from here."""

from backoffice.core import minding
from backoffice.reports import pdf_child

if __name__ == "__main__":
    minding.keep(pdf_child.main)
