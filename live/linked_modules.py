"""Modules of `live/static` and all that they import as one answer: a first visit waits for one, not for 70 in a row."""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from live.static_files import FOLDER, module_names

MOST_TOGETHER = 32  # modules that one address may name
IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
EXPORT_LIST = re.compile(r"^export \{([^}]*)\};$", re.MULTILINE)
LATER = re.compile(r'\bimport\("(\.{1,2}/[^"]+)"\)')
UNLINKED = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


@dataclass(frozen=True)
class Linked:
    """What is sent: the script, the same by gzip, and its ETag."""

    script: bytes
    compressed: bytes
    tag: str


def linked_route(request: Request) -> Response:
    """GET /live/linked.js?modules=a,b/c: they and what they import, checked by ETag at each page load."""
    wanted = tuple(request.query_params.get("modules", "").split(","))
    known = module_names()
    unknown = [name for name in wanted if f"{name}.js" not in known]
    if unknown or len(wanted) > MOST_TOGETHER:
        return PlainTextResponse(
            f"The parameter modules is {','.join(wanted)[:60]!r}; it must name 1 to {MOST_TOGETHER} modules of"
            " live/static, without .js and with commas between them.",
            404,
        )
    found = _linked(wanted, max(known.values()))
    headers = {"ETag": found.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.script, media_type="text/javascript", headers=headers)
    return Response(found.compressed, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})


@lru_cache(maxsize=64)
def _linked(names: tuple[str, ...], _changed: int) -> Linked:
    script = linked_script(names).encode()
    tag = f'"{hashlib.sha256(script).hexdigest()[:16]}"'
    return Linked(script, gzip.compress(script, compresslevel=6, mtime=0), tag)


def linked_script(names: tuple[str, ...], folder: Path = FOLDER) -> str:
    """One ES module that exports what the modules export, in the order of their imports, each in a scope of its own.

    It is served beside the folder `static`: what a module finds by its own address it still finds there. Raises
    ValueError for modules that import each other, and for an import or export in a form that is not linked.
    """
    order: dict[str, str] = {}
    for name in names:
        _visit(f"{name}.js", folder, order, ())
    doors = ", ".join(dict.fromkeys(export for name in names for export in _exports(order[f"{name}.js"])))
    gathered = ", ".join(f"...{_variable(f'{name}.js')}" for name in names)
    return "".join(_scope(name, text) for name, text in order.items()) + (
        f"export const {{ {doors} }} = {{ {gathered} }};\n"
    )


def _visit(name: str, folder: Path, order: dict[str, str], above: tuple[str, ...]) -> None:
    """Adds the module after all that it imports."""
    if name in above:
        raise ValueError(f"{name} imports itself by way of {above[-1]}. Move what both need to a module of its own.")
    if name in order:
        return
    text = (folder / name).read_text(encoding="utf-8")
    for _, needed in IMPORT.findall(text):
        _visit(_resolved(name, needed), folder, order, (*above, name))
    order[name] = text


def _scope(name: str, text: str) -> str:
    """The module as a function that is called once and gives back what it exports."""
    exports = ", ".join(_exports(text))
    body = IMPORT.sub(lambda found: _binding(name, *found.groups()), text)
    body = EXPORT_LIST.sub("", EXPORT.sub("", body))
    strange = UNLINKED.search(body)
    if strange:
        raise ValueError(
            f"{name} has the line {strange[0][:60]!r}; only import {{ a }} from, and export before a function, a class"
            " or a const or around a list of names, are linked. Write it so."
        )
    body = LATER.sub(lambda found: f'import(new URL("{found[1]}", import.meta.url))', body)
    body = body.replace("import.meta.url", f'new URL("static/{name}", import.meta.url)')
    return f"// --- {name}\nconst {_variable(name)} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();\n"


def _binding(name: str, imported: str, needed: str) -> str:
    names = re.sub(r"(\w+) as (\w+)", r"\1: \2", imported)
    return f"const {{{names}}} = {_variable(_resolved(name, needed))};"


def _exports(text: str) -> list[str]:
    lists = [word.strip() for found in EXPORT_LIST.findall(text) for word in found.split(",")]
    return [*EXPORT.findall(text), *filter(None, lists)]


def _resolved(name: str, needed: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), needed))


def _variable(name: str) -> str:
    return "module_" + re.sub(r"\W", "_", name.removesuffix(".js"))
