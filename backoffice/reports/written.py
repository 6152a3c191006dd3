"""The objects of a PDF, written out once: the library would write and compress each of them twice."""

import pydyf


class Written(pydyf.Object):  # type: ignore[misc]  # pydyf ships no annotations
    """An object as it stands. pydyf asks for its bytes for the file, and again for the digest that identifies the file."""

    def __init__(self, original: pydyf.Object) -> None:
        super().__init__()
        self.number, self.generation, self.free = original.number, original.generation, original.free
        self._data: bytes = original.data
        self._compressible: bool = original.compressible

    @property
    def data(self) -> bytes:
        return self._data

    @property
    def compressible(self) -> bool:
        """Whether it may stand in a stream together with others."""
        return self._compressible


def once(pdf: pydyf.PDF) -> None:
    """Write out all objects in place. Nothing may change them afterwards."""
    pdf.objects[:] = [one if one.free == "f" else Written(one) for one in pdf.objects]
