"""The table of contents of the live path: every address it serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute

from jobs import runs_at_once, uploads_allowed, warms_maps, worker_count
from live.anatomy import figure_route
from live.columns import column_route, columns_route, posterior_route
from live.copies import copies_route
from live.directions import axes_route, direction_route, jacobian_route
from live.draws import draws_route
from live.exports import export_route
from live.films import film_route
from live.groups import groups_route, write_groups_route
from live.job_answers import cancel_job_route
from live.latent_fits import fit_route
from live.linked_modules import linked_route
from live.made_files import made_route
from live.maps import ask_map_route, cancel_map_route, density_route, map_route, points_route, sources_route
from live.mixing import mixing_route
from live.neighbours import neighbours_route, search_route
from live.notes import names_route, write_names_route
from live.odd import odd_route, score_route, table_route
from live.origin import other_origins
from live.paths import path_route
from live.pictures import picture_route, sheet_route
from live.placing import place_route
from live.plotly_script import plotly_route
from live.run_films import run_film_route
from live.run_list import runs_route
from live.run_log import log_route
from live.run_looks import fixed_route, run_map_route, snapshot_route
from live.runs import metrics_route, orders_route, run_route
from live.sample_files import samples_route
from live.saved_directions import directions_route, write_directions_route
from live.selection import selection_route
from live.socket import live_socket
from live.starts import latent_route, rows_route
from live.static_files import static_route
from live.tuning import health
from live.uploads import image_route
from store import notes_setting

MODEL = "{model}/{weights}"  # weights: the hash of the file, so that an answer can be kept
SOURCE = f"source/{MODEL}/{{source}}"
ODD = f"odd/{MODEL}"
ADDRESSES: tuple[tuple[str, str, Callable[[Request], Any]], ...] = (
    # scripts
    ("GET", "static/{file:path}", static_route),
    ("GET", "linked.js", linked_route),
    ("GET", "plotly.min.js", plotly_route),
    # pictures, and what a visitor brings or starts from
    ("GET", f"picture/{MODEL}/{{row}}.png", picture_route),
    ("GET", f"sheet/{MODEL}.png", sheet_route),
    ("POST", f"image/{MODEL}", image_route),
    ("GET", f"latent/{MODEL}", latent_route),
    ("GET", f"rows/{MODEL}", rows_route),
    ("GET", f"draws/{MODEL}", draws_route),
    ("POST", f"copies/{MODEL}", copies_route),
    # files to take away, jobs that make them
    ("POST", f"export/{MODEL}", export_route),
    ("POST", f"path/{MODEL}", path_route),
    ("POST", f"film/{MODEL}", film_route),
    ("DELETE", "job/{id}", cancel_job_route),
    ("GET", "made/{id}/{name}", made_route),
    ("POST", f"samples/{MODEL}", samples_route),
    # directions
    ("POST", f"direction/{MODEL}", direction_route),
    ("GET", f"axes/{MODEL}", axes_route),
    ("POST", f"jacobian/{MODEL}", jacobian_route),
    # the pages Anatomy, Repair and Odd ones
    ("POST", f"anatomy/{MODEL}/{{figure}}", figure_route),
    ("POST", f"repair/{MODEL}", fit_route),
    ("POST", ODD, odd_route),
    ("GET", f"{ODD}/{{source}}/{{score}}", score_route),
    ("GET", f"{ODD}/{{source}}/{{score}}/table.csv", table_route),
    # maps and what is known of their images
    ("GET", f"sources/{MODEL}", sources_route),
    ("POST", f"map/{MODEL}", ask_map_route),
    ("GET", "map/{id}", map_route),
    ("DELETE", "map/{id}", cancel_map_route),
    ("GET", "map/{id}/points", points_route),
    ("GET", "map/{id}/density", density_route),
    ("POST", "place/{id}", place_route),
    ("GET", f"{SOURCE}/columns", columns_route),
    ("GET", f"{SOURCE}/column/{{name}}", column_route),
    ("GET", f"{SOURCE}/mixing/{{name}}", mixing_route),
    ("GET", f"posterior/{MODEL}/{{source}}/{{row}}", posterior_route),
    ("POST", f"neighbours/{MODEL}", neighbours_route),
    ("GET", f"search/{MODEL}/{{source}}", search_route),
    ("POST", f"selection/{MODEL}", selection_route),
    # runs
    ("GET", "runs", runs_route),
    ("GET", "run/{name}", run_route),
    ("GET", "run/{name}/metrics", metrics_route),
    ("GET", "run/{name}/log", log_route),
    ("POST", "run/{name}/orders", orders_route),
    ("GET", "run/{name}/fixed", fixed_route),
    ("GET", "run/{name}/snapshot/{epoch}", snapshot_route),
    ("GET", "run/{name}/map", run_map_route),
    ("POST", "run/{name}/film", run_film_route),
    # notes on a model
    ("GET", "notes/{model}/directions", directions_route),
    ("PUT", "notes/{model}/directions", write_directions_route),
    ("GET", "notes/{model}/groups", groups_route),
    ("PUT", "notes/{model}/groups", write_groups_route),
    ("GET", "notes/{model}/names", names_route),
    ("PUT", "notes/{model}/names", write_names_route),
)  # method, address below /live, what answers; of two that fit the first does


def routes(base_path: str = "", settings: Callable[[], dict[str, Any]] = dict) -> list[BaseRoute]:
    """All routes, below `base_path` when the app is not served at the root; `settings` is shown by /live/health.

    Raises ValueError when LATENT_EXPLORER_ORIGINS holds something that is no origin, LATENT_EXPLORER_NOTES another word
    than it knows, LATENT_EXPLORER_WORKERS or LATENT_EXPLORER_RUNS no number of processes, or LATENT_EXPLORER_WARM or
    LATENT_EXPLORER_UPLOADS no word of its own.
    """
    for check in (other_origins, notes_setting, worker_count, runs_at_once, warms_maps, uploads_allowed):
        check()  # a mistake stops the start, not each visitor
    base = base_path.strip("/")
    root = f"/{base}/live" if base else "/live"

    def health_route(_request: Request) -> JSONResponse:
        return JSONResponse(health(settings), headers={"Cache-Control": "no-store"})

    return [
        WebSocketRoute(f"{root}/socket", live_socket),
        Route(f"{root}/health", health_route),
        *(Route(f"{root}/{path}", endpoint, methods=[method]) for method, path, endpoint in ADDRESSES),
        Route(f"{root}/{{rest:path}}", nothing_here),  # else Streamlit would answer with its page
    ]


def nothing_here(request: Request) -> PlainTextResponse:
    """404 for every other address below /live."""
    return PlainTextResponse(
        f"The live path has no {request.url.path}; docs/live-protocol.md lists its addresses.", 404
    )
