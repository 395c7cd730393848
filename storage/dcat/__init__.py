"""DCAT-AP 3: the catalogue as RDF, a page at a time, for portals and harvesters that speak linked data.

A query's arguments come in, a page as JSON-LD, RDF/XML or Turtle comes out; no web framework is known here. Pages go
along the numbers of changes (see ``pulling``), so a walk over ``next`` misses nothing and gets nothing twice that did
not change. Withdrawn items stay for ever as records whose ``adms:status`` is deleted, in their place among the
changes: whoever goes on later, from the last page's own address or with ``modified_since`` the latest
``dct:modified`` of any record he has, learns of every change and every withdrawal since.
"""

from storage.dcat.asking import Asked, asked_of
from storage.dcat.catalogue import Answer, answer, one
from storage.dcat.forms import FORMS, Form, form_of

__all__ = ["FORMS", "Answer", "Asked", "Form", "answer", "asked_of", "form_of", "one"]
