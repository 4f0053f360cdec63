"""Workbooks as other tools write them."""

import io
import re
import zipfile


def lying(workbook: bytes) -> bytes:
    """The same workbook with `<dimension ref="A1"/>`, whatever is in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            body = old.read(part)
            if part.endswith("sheet1.xml"):
                body, times = re.subn(rb'<dimension ref="[^"]+"', b'<dimension ref="A1"', body)
                assert times == 1
            new.writestr(part, body)
    return out.getvalue()
