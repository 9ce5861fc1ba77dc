// What benchmarks/map_pan.py measures in the page: drawn points in our map view or in a plain Plotly figure, frames and places.
(() => {
  const COLOURS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb", "#ee8866", "#44bb99", "#882255"];
  const module = (name) => import(new URL(`./static/${name}.js`, location.href));
  const frame = () => new Promise(requestAnimationFrame);
  let place = null; // a coordinate of the place that the map shows now
  let log = null;

  function drawnPoints(count) {
    let state = 1;
    const uniform = () => ((state = (state * 1664525 + 1013904223) >>> 0), (state + 0.5) / 4294967296);
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const [x, y, classes] = [new Float32Array(count), new Float32Array(count), new Int16Array(count)];
    for (let row = 0; row < count; row += 1) {
      classes[row] = row % 10;
      x[row] = 3 * Math.cos((2 * Math.PI * classes[row]) / 10) + 0.6 * normal();
      y[row] = 3 * Math.sin((2 * Math.PI * classes[row]) / 10) + 0.6 * normal();
    }
    return { x, y, classes };
  }

  function emptyField() {
    document.body.innerHTML = '<div id="field"></div>';
    document.body.style.margin = 0;
    const colours = { text: "#31333f", background: "#ffffff", primary: "#3366cc" };
    for (const [name, colour] of Object.entries(colours)) document.body.style.setProperty(`--st-${name}-color`, colour);
    const field = document.getElementById("field");
    Object.assign(field.style, { position: "relative", width: "100vw", height: "100vh" });
    return field;
  }

  async function ownMap(field, { x, y, classes }, calls = {}) {
    const { MapView } = await module("map/view");
    const view = new MapView(field, calls);
    view.setColours({ classes, palette: COLOURS });
    view.setPoints({ x, y });
    while (!view.atRest || view.plotly.drawn === null) await frame(); // until Plotly, too, has drawn its axes
    return view;
  }

  async function plainFigure(field, { x, y, classes }) {
    const { loadPlotly } = await module("plotly-script");
    const Plotly = await loadPlotly(new URL("./plotly.min.js", location.href).href);
    const of = (column, kind) => column.filter((_, row) => classes[row] === kind);
    const traces = COLOURS.map((color, kind) => ({
      type: "scattergl", mode: "markers", x: of(x, kind), y: of(y, kind), marker: { size: 4, color }, name: `${kind}`,
    }));
    await Plotly.newPlot(field, traces, { dragmode: "pan", width: innerWidth, height: innerHeight });
    await frame();
    return field;
  }

  window.mapBench = {
    /** "own" or "scattergl" with so many points, until it stands still. */
    async show(kind, count) {
      const field = emptyField();
      const points = drawnPoints(count);
      if (kind === "own") {
        const view = await ownMap(field, points);
        place = () => view.view.centre[0];
      } else {
        const figure = await plainFigure(field, points);
        place = () => figure._fullLayout.xaxis.range[0];
      }
      await new Promise((done) => setTimeout(done, 1000));
    },

    watch() {
      log = { stamps: [], places: [], on: true };
      const next = (stamp) => {
        if (!log.on) return;
        log.stamps.push(stamp);
        log.places.push(place());
        requestAnimationFrame(next);
      };
      requestAnimationFrame(next);
    },

    seen() {
      log.on = false;
      return [log.stamps, log.places];
    },

    /** Our map with the PCA plane of a model; the place under the pointer is decoded onto a canvas. */
    async showDecoded(about, count) {
      const body = JSON.stringify({ source: "reference", method: "pca", parameters: { components: 2 } });
      const map = await (await fetch(`./map/${about.model}/${about.weights}`, { method: "POST", body })).json();
      const [{ latentSocket }, { createLivePicture }, { latentOf }] = await Promise.all(
        ["latent-socket", "live-picture", "map/decoding"].map(module),
      );
      const field = emptyField();
      const canvas = document.createElement("canvas");
      document.body.append(canvas);
      const socket = latentSocket();
      const picture = createLivePicture(canvas, socket);
      log = { moves: 0, waits: [] };
      const drawn = (reply) => log.waits.push(picture.shown(reply).drawn - reply.tag);
      const onPointer = ({ place: at, stamp }) => {
        if (stamp === null) return;
        log.moves += 1;
        const latents = latentOf(map, at);
        socket.decode({ model: about.model, weights: about.weights, lane: "map", latents, tag: stamp, screen: picture }, drawn);
      };
      await ownMap(field, drawnPoints(count), { onPointer });
    },

    forget() {
      log = Object.assign(log, { moves: 0, waits: [] });
    },

    decoded: () => [log.moves, log.waits],
  };
})();
