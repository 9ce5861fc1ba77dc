"""What chapters 6 and 8 of the Anatomy page work out in the browser, in real Chromium without a component."""

from __future__ import annotations

import math

import pytest
from playwright.sync_api import Page

from tests.live.module_page import module_page
from tools.running_app import RunningApp

MODULES = [
    *(f"anatomy/chapter-6-{name}" for name in ("parts", "grids", "heat", "curve")),
    *(f"anatomy/chapter-8-{name}" for name in ("generate", "interpolate", "odd")),
]
FACTS = """
  const shaped = (values, shape) => Object.assign(Float32Array.from(values), { shape });
  const product = (sides) => sides.reduce((all, side) => all * side, 1);
  const counting = (...shape) => shaped(Array.from({ length: product(shape) }, (_, at) => at), shape);
  window.step = { sigma: 0.5, tensors: {
    images: counting(2, 1, 8, 8), mean: shaped([1, 2, 3, 4], [2, 2]), std: shaped([5, 6, 7, 8], [2, 2]),
    noise: counting(2, 2), latents: counting(2, 2), kl_per_dimension: counting(2, 2),
    gradient_mean: counting(2, 2), gradient_std: counting(2, 2), kl: shaped([1, 9], [2]),
    reconstruction: shaped([10, 20], [2]), elbo: shaped([-11, -29], [2]), elbo_after: shaped([-8, -30], [2]),
    "encoder.1.weight": counting(24, 64), "decoder.2.weight": counting(64, 24), "encoder.3.weight": counting(4, 24),
    "gradient a": shaped([3], [1]), "gradient b": shaped([0, 4], [2]), "change a": shaped([100], [1]) } };
  const shown = (image) => ({ tensors: step.tensors, thumbs: [], image, say: (key) => key });
  window.grid = (part, look, image = 1) => gridOf(PARTS[part].looks[look], shown(image));
"""


@pytest.fixture(scope="module")
def modules(browser, live_server: RunningApp):
    with module_page(browser, live_server, MODULES, FACTS) as page:
        yield page


def test_numbers_of_an_image_and_the_length_of_a_gradient(modules: Page) -> None:
    found, length = modules.evaluate("() => [numbersOf(step, 1), lengthOf(step.tensors, 'gradient')]")
    assert (found["mean"], found["std"], found["kl"], found["elbo"], found["after"]) == ([3, 4], [7, 8], 9, -29, -30)
    constant = 64 * (math.log(0.5) + math.log(2 * math.pi) / 2)
    assert found["constant"] == pytest.approx(constant)
    assert found["squared"] + found["constant"] == pytest.approx(20)
    assert length == 5


def test_a_grid_holds_the_values_of_its_tensor(modules: Page) -> None:
    found = modules.evaluate("""() => {
      const [image, table, first] = [grid(0, 0), grid(1, 0), grid(1, 2)];
      const [last, matrix, gain] = [grid(3, 2), grid(1, 3), grid(7, 0)];
      return [
        [image.rows, image.columns, image.value(2, 3)],
        [table.rows, table.columns, table.value(1, 2), table.reach(0), table.reach(3)],
        [first.rows, first.columns, first.value(9, 17), first.unitOf(9, 17), first.pixelOf(9, 17)],
        [last.value(9, 17), last.unitOf(9, 17)],
        [matrix.rows, matrix.columns, matrix.value(2, 5)],
        [gain.heads, gain.value(0, 2), gain.value(1, 2)],
      ];
    }""")
    assert found[0] == [8, 8, 64 + 2 * 8 + 3]
    assert found[1] == [2, 4, 7, 4, 8]  # σ₁ of the second image; colours by tensor
    assert found[2] == [32, 48, 8 * 64 + 8 + 1, 8, 9]  # second row of squares, third square: unit 8, pixel 9
    assert found[3] == [9 * 24 + 8, 8]
    assert found[4] == [4, 24, 2 * 24 + 5]
    assert found[5] == [["head-before", "head-after", "head-gain"], 3, -1]


def test_every_look_names_a_tensor_that_a_step_has(modules: Page) -> None:
    names = modules.evaluate("""() => PARTS.flatMap(({ looks }) => looks).flatMap(
      ({ name, columns }) => name ?? columns.map((each) => each.name))""")
    weights = ("encoder.1.weight", "encoder.3.weight", "decoder.0.weight", "decoder.2.weight")
    known = {*weights, *(f"{kind} {name}" for kind in ("gradient", "change") for name in weights), "gain"}
    known |= {"images", "encoder_hidden", "mean", "std", "noise", "latents", "decoder_hidden", "picture"}
    known |= {"cost_per_pixel", "kl_per_dimension", "kl", "elbo", "elbo_after"}
    known |= {"gradient_mean", "gradient_std", "gradient_output"}
    assert set(names) <= known


def test_cells_lie_where_the_pointer_finds_them(modules: Page) -> None:
    found = modules.evaluate("""() => [grid(0, 0), grid(1, 0), grid(1, 2)].map((each) => {
      const places = layOut(each, 400, 300);
      const within = ([row, column]) => places.cell(places.x(column) + 1, places.y(row) + 1);
      return [[0, 0], [each.rows - 1, each.columns - 1], [1, 2]].map(within);
    })""")
    assert found[0] == [[0, 0], [7, 7], [1, 2]]
    assert found[1] == [[0, 0], [1, 3], [1, 2]]
    assert found[2] == [[0, 0], [31, 47], [1, 2]]
    assert modules.evaluate("() => layOut(grid(0, 0), 400, 300).cell(1, 1)") is None


def test_colours_say_sign_and_size_and_the_axis_grows_in_leaps(modules: Page) -> None:
    low, none, high = modules.evaluate("() => [inkOf(-2, 2), inkOf(0, 2), inkOf(1, 2)]")
    assert low.startswith("rgba(59,111,212") and low.endswith("0.900)")
    assert none.endswith("0.040)") and high.startswith("rgba(214,122,26") and high.endswith("0.470)")
    assert modules.evaluate("() => [1, 40, 41, 399, 600].map(niceEnd)") == [40, 40, 100, 400, 600]
    least, most = modules.evaluate("() => rangeOf({ batch: [-90, -10], watched: [-100, -80, -20] })")
    assert least < -100 and most > -10


def test_between_two_codes_is_the_weighted_mean(modules: Page) -> None:
    found = modules.evaluate("() => [0, 0.25, 1].map((share) => [...between([1, -2], [5, 2], share)])")
    assert found == [[1, -2], [2, -1], [5, 2]]


def test_the_dearest_of_a_row_and_the_heights_of_its_bars(modules: Page) -> None:
    assert modules.evaluate("() => dearest([-9, -3, -5])") == 1
    assert modules.evaluate("() => sharesOf([-9, -3, -5, -9])") == pytest.approx([0.06, 1, 0.06 + 0.94 * 4 / 6, 0.06])
    assert modules.evaluate("() => sharesOf([2, 2])") == [0.06, 0.06]


def test_the_pad_takes_the_two_dimensions_that_carry_most(modules: Page) -> None:
    found = modules.evaluate("() => [strongest([1, 5, 2, 7], 4), strongest(null, 3), strongest([4], 1)]")
    assert found == [[1, 3], [0, 1], [0]]
