"""XML from outside, read without a DTD, an entity, a network or a file."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree


def parse(data: bytes) -> etree._Element:
    """The root element of `data`.

    Raises ValueError with the reason: not XML, or a document type declaration (which alone can
    bring entities in). Nothing is resolved, so no file is opened and no address is asked.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        # lxml tells of an undeclared entity before we can see the document type
        reason = "declares a document type" if b"<!DOCTYPE" in data else f"is not XML: {error}"
        raise ValueError(f"the document {reason}") from error
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.externalDTD is not None or info.doctype:
        raise ValueError("the document declares a document type, which is never read")
    return root


def local(element: etree._Element) -> str:
    """The element's name without its namespace; "" for a comment or an instruction."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def namespace(element: etree._Element) -> str:
    """The element's namespace; "" where it has none."""
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""


def children(element: etree._Element, name: str | None = None) -> Iterator[etree._Element]:
    """Child elements (no comments, no instructions), of one local name if it is given."""
    for child in element:
        if isinstance(child.tag, str) and name in (None, local(child)):
            yield child


def text(element: etree._Element) -> str:
    """The element's own character data as written, without comments and what children hold."""
    return "".join(
        (element.text or "", *((child.tail or "") for child in element))
        if len(element)
        else (element.text or "",)
    )


def child_text(element: etree._Element, name: str) -> str:
    """The stripped text of the first child of that local name; "" where there is none."""
    found = next(children(element, name), None)
    return text(found).strip() if found is not None else ""
