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


def routes(base_path: str = "", settings: Callable[[], dict[str, Any]] = dict) -> list[BaseRoute]:
    """All routes, below `base_path` when the app is not served at the root; `settings` is shown by /live/health.

    Raises ValueError when LATENT_EXPLORER_ORIGINS holds something that is no origin, LATENT_EXPLORER_NOTES another word
    than it knows, LATENT_EXPLORER_WORKERS or LATENT_EXPLORER_RUNS no number of processes, or LATENT_EXPLORER_WARM or
    LATENT_EXPLORER_UPLOADS no word of its own.
    """
    (
        other_origins(),
        notes_setting(),
        worker_count(),
        runs_at_once(),
        warms_maps(),
        uploads_allowed(),
    )  # a mistake stops the start, not each visitor
    base = base_path.strip("/")
    root = f"/{base}/live" if base else "/live"

    def health_route(_request: Request) -> JSONResponse:
        return JSONResponse(health(settings), headers={"Cache-Control": "no-store"})

    return [
        WebSocketRoute(f"{root}/socket", live_socket),
        Route(f"{root}/health", health_route),
        Route(f"{root}/static/{{file:path}}", static_route),
        Route(f"{root}/linked.js", linked_route),
        Route(f"{root}/plotly.min.js", plotly_route),
        Route(f"{root}/picture/{{model}}/{{weights}}/{{row}}.png", picture_route),
        Route(f"{root}/sheet/{{model}}/{{weights}}.png", sheet_route),
        Route(f"{root}/export/{{model}}/{{weights}}", export_route, methods=["POST"]),
        Route(f"{root}/path/{{model}}/{{weights}}", path_route, methods=["POST"]),
        Route(f"{root}/film/{{model}}/{{weights}}", film_route, methods=["POST"]),
        Route(f"{root}/job/{{id}}", cancel_job_route, methods=["DELETE"]),
        Route(f"{root}/made/{{id}}/{{name}}", made_route),
        Route(f"{root}/image/{{model}}/{{weights}}", image_route, methods=["POST"]),
        Route(f"{root}/latent/{{model}}/{{weights}}", latent_route),
        Route(f"{root}/odd/{{model}}/{{weights}}", odd_route, methods=["POST"]),
        Route(f"{root}/odd/{{model}}/{{weights}}/{{source}}/{{score}}", score_route),
        Route(f"{root}/odd/{{model}}/{{weights}}/{{source}}/{{score}}/table.csv", table_route),
        Route(f"{root}/repair/{{model}}/{{weights}}", fit_route, methods=["POST"]),
        Route(f"{root}/rows/{{model}}/{{weights}}", rows_route),
        Route(f"{root}/draws/{{model}}/{{weights}}", draws_route),
        Route(f"{root}/anatomy/{{model}}/{{weights}}/{{figure}}", figure_route, methods=["POST"]),
        Route(f"{root}/direction/{{model}}/{{weights}}", direction_route, methods=["POST"]),
        Route(f"{root}/axes/{{model}}/{{weights}}", axes_route),
        Route(f"{root}/jacobian/{{model}}/{{weights}}", jacobian_route, methods=["POST"]),
        Route(f"{root}/copies/{{model}}/{{weights}}", copies_route, methods=["POST"]),
        Route(f"{root}/samples/{{model}}/{{weights}}", samples_route, methods=["POST"]),
        Route(f"{root}/sources/{{model}}/{{weights}}", sources_route),
        Route(f"{root}/map/{{model}}/{{weights}}", ask_map_route, methods=["POST"]),
        Route(f"{root}/map/{{id}}", map_route),
        Route(f"{root}/map/{{id}}", cancel_map_route, methods=["DELETE"]),
        Route(f"{root}/map/{{id}}/points", points_route),
        Route(f"{root}/map/{{id}}/density", density_route),
        Route(f"{root}/place/{{id}}", place_route, methods=["POST"]),
        Route(f"{root}/source/{{model}}/{{weights}}/{{source}}/columns", columns_route),
        Route(f"{root}/source/{{model}}/{{weights}}/{{source}}/column/{{name}}", column_route),
        Route(f"{root}/source/{{model}}/{{weights}}/{{source}}/mixing/{{name}}", mixing_route),
        Route(f"{root}/posterior/{{model}}/{{weights}}/{{source}}/{{row}}", posterior_route),
        Route(f"{root}/neighbours/{{model}}/{{weights}}", neighbours_route, methods=["POST"]),
        Route(f"{root}/search/{{model}}/{{weights}}/{{source}}", search_route),
        Route(f"{root}/selection/{{model}}/{{weights}}", selection_route, methods=["POST"]),
        Route(f"{root}/run/{{name}}", run_route),
        Route(f"{root}/run/{{name}}/metrics", metrics_route),
        Route(f"{root}/run/{{name}}/log", log_route),
        Route(f"{root}/run/{{name}}/orders", orders_route, methods=["POST"]),
        Route(f"{root}/run/{{name}}/fixed", fixed_route),
        Route(f"{root}/run/{{name}}/snapshot/{{epoch}}", snapshot_route),
        Route(f"{root}/run/{{name}}/map", run_map_route),
        Route(f"{root}/run/{{name}}/film", run_film_route, methods=["POST"]),
        Route(f"{root}/runs", runs_route),
        Route(f"{root}/notes/{{model}}/directions", directions_route),
        Route(f"{root}/notes/{{model}}/directions", write_directions_route, methods=["PUT"]),
        Route(f"{root}/notes/{{model}}/groups", groups_route),
        Route(f"{root}/notes/{{model}}/groups", write_groups_route, methods=["PUT"]),
        Route(f"{root}/notes/{{model}}/names", names_route),
        Route(f"{root}/notes/{{model}}/names", write_names_route, methods=["PUT"]),
        Route(f"{root}/{{rest:path}}", nothing_here),  # else Streamlit would answer with its page
    ]


def nothing_here(request: Request) -> PlainTextResponse:
    """404 for every other address below /live."""
    return PlainTextResponse(
        f"The live path has no {request.url.path}; docs/live-protocol.md lists its addresses.", 404
    )
