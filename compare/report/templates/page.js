"use strict";
// Draws the figures that the page carries as JSON, in the colours of its style sheet.
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const state = { scale: "linear", smooth: true, hidden: new Set() };
  const plots = [...document.querySelectorAll("[data-chart]")];

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function withAlpha(hex, alpha) {
    return hex + Math.round(alpha * 255).toString(16).padStart(2, "0");
  }

  const kinds = { f4: Float32Array, i4: Int32Array, u2: Uint16Array };

  function unpack({ dtype, bdata }) {
    return new kinds[dtype](Uint8Array.from(atob(bdata), (c) => c.charCodeAt(0)).buffer);
  }

  function scientific(value) {
    return Number.isFinite(value) ? Number(value.toPrecision(3)).toString() : String(value);
  }

  // The true index of each cell of an error map: row-major places in a tensor of any shape.
  function mapTexts({ shape, flat, difference, used }) {
    const off = unpack(difference), shares = unpack(used);
    return [...unpack(flat)].map((place, i) => {
      const index = [];
      for (const size of [...shape].reverse()) {
        index.unshift(place % size);
        place = Math.floor(place / size);
      }
      return `[${index.join(", ")}]<br>got - want ${scientific(off[i])}<br>${scientific(shares[i])} of the budget`;
    });
  }

  const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

  function mix(from, to, share) {
    const end = channels(to);
    return `rgb(${channels(from).map((value, i) => Math.round(value + share * (end[i] - value)))})`;
  }

  function styledMap(trace) {
    const { color, line, colorbar, ...marker } = trace.marker;
    const [low, high, over, most] = ["low", "high", "map-over", "map-most"].map(colour);
    const paint = (power) => {
      const share = Math.min(Math.abs(power) / marker.cmax, 1);
      return power > 0 ? mix(over, most, share) : mix(high, low, share);
    };
    return {
      ...trace, hovertext: mapTexts(trace.meta), hovertemplate: "%{hovertext}<extra></extra>",
      marker: {
        ...marker, line: { ...line, color: colour("panel") },
        // plotly complains of a bar whose colour is a number; what is exactly equal has none.
        color: [...unpack(color)].map((power) => (Number.isNaN(power) ? "rgba(0,0,0,0)" : paint(power))),
        // The scale breaks in the middle, where the budget ends.
        colorscale: [[0, low], [0.5, high], [0.5001, over], [1, most]],
        colorbar: { ...colorbar, outlinewidth: 0, tickfont: { size: 11, color: colour("soft") },
                    title: { ...colorbar.title, font: { size: 12, color: colour("soft") } } },
      },
    };
  }

  // Copies, so that a figure drawn in dark can be drawn again in light.
  function styledTrace(trace) {
    if (trace.meta.role === "map") {
      return styledMap(trace);
    }
    const { role, series, colour: key } = trace.meta;
    const hex = colour(key === "neutral" ? "neutral" : "series-" + key);
    const faint = (role === "raw" && state.smooth) ? 0.2 : (role === "envelope" ? 0.75 : 1);
    const shown = !state.hidden.has(series) && (role !== "smooth" || state.smooth);
    const styled = { ...trace, visible: shown, line: { ...trace.line, color: withAlpha(hex, faint) } };
    if (trace.marker) {
      styled.marker = { ...trace.marker, color: hex };
    }
    return styled;
  }

  function styledLayout(name, layout) {
    const axis = (given) => ({
      ...given,
      color: colour("soft"), gridcolor: colour("grid"), linecolor: colour("line"),
      tickfont: { size: 12 }, title: { ...given.title, font: { size: 13 } },
    });
    const styled = {
      ...layout, xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis), uirevision: name + state.scale,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "system-ui, -apple-system, Segoe UI, Roboto, sans-serif", color: colour("text") },
      hoverlabel: { ...layout.hoverlabel, bgcolor: colour("panel"), bordercolor: colour("line"),
                    font: { color: colour("text") } },
      legend: { ...layout.legend, font: { size: 11 }, bgcolor: "rgba(0,0,0,0)" },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("soft"), activecolor: colour("link") },
      shapes: (layout.shapes || []).map((s) => ({ ...s, line: { ...s.line, color: colour("soft") } })),
      annotations: (layout.annotations || []).map((a) => ({ ...a, bgcolor: colour("panel"), font: { size: 12, color: colour("soft") } })),
    };
    if (name === "loss" && state.scale === "log") {
      const { range, autorange, rangemode, ...rest } = styled.yaxis;
      styled.yaxis = { ...rest, type: "log", exponentformat: "power", minorloglabels: "none", nticks: 9 };
    }
    return styled;
  }

  // From version 4 on plotly offers to upload a chart unless told not to: nothing leaves this page.
  const options = {
    responsive: true, displaylogo: false, showSendToCloud: false, plotlyServerURL: "",
    modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"],
  };

  function draw(plot) {
    const figure = figures[plot.dataset.chart];
    Plotly.react(plot, figure.data.map(styledTrace), styledLayout(plot.dataset.chart, figure.layout), options);
  }

  // What is folded away has no size to be drawn in: it is drawn when it opens.
  const inView = (plot) => plot.checkVisibility();
  const drawAll = () => plots.filter(inView).forEach(draw);

  function press(button, on) {
    button.setAttribute("aria-pressed", String(on));
  }

  document.querySelectorAll("[data-scale]").forEach((button) => button.addEventListener("click", () => {
    state.scale = button.dataset.scale;
    document.querySelectorAll("[data-scale]").forEach((b) => press(b, b === button));
    plots.filter((p) => p.dataset.chart === "loss").forEach(draw);
  }));

  document.querySelectorAll("[data-smooth]").forEach((button) => button.addEventListener("click", () => {
    state.smooth = !state.smooth;
    press(button, state.smooth);
    plots.filter((p) => p.dataset.chart.startsWith("loss")).forEach(draw);
  }));

  document.querySelectorAll("[data-series]").forEach((button) => button.addEventListener("click", () => {
    const series = Number(button.dataset.series);
    const hide = !state.hidden.has(series);
    state.hidden[hide ? "add" : "delete"](series);
    document.querySelectorAll(`[data-series="${series}"]`).forEach((b) => press(b, !hide));
    drawAll();
  }));

  document.querySelectorAll("details").forEach((fold) => fold.addEventListener("toggle", () => {
    const inside = [...fold.querySelectorAll("[data-chart]")].filter(inView);
    inside.filter((plot) => !plot.classList.contains("js-plotly-plot")).forEach(draw);
  }));

  if (plots.length) {
    // One chart in each turn of the event loop: the page answers while the rest are drawn.
    plots.filter(inView).forEach((plot) => setTimeout(() => draw(plot), 0));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
    // On paper the style sheet is light, whatever the screen is, and what was folded is in view.
    addEventListener("beforeprint", drawAll);
    addEventListener("afterprint", drawAll);
  }
})();
