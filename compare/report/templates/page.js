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

  // Copies, so that a figure drawn in dark can be drawn again in light.
  function styledTrace(trace) {
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

  const drawAll = () => plots.forEach(draw);

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
    press(button, !hide);
    drawAll();
  }));

  function openTarget() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") {
      target.open = true;
      target.scrollIntoView();
    }
  }

  addEventListener("hashchange", openTarget);
  openTarget();

  if (plots.length) {
    // One chart in each turn of the event loop: the page answers while the rest are drawn.
    plots.forEach((plot) => setTimeout(() => draw(plot), 0));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
    // On paper the style sheet is light, whatever the screen is, and everything is unfolded.
    addEventListener("beforeprint", () => {
      document.querySelectorAll("details").forEach((d) => { d.open = true; });
      drawAll();
    });
    addEventListener("afterprint", drawAll);
  }
})();
