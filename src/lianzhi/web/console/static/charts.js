// Charts: figures come as JSON in data attributes, colours from the page's custom properties.
// Rendered as SVG; nothing here needs inline styles beyond what scripts may set.
"use strict";

(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const charts = new Map();

  const text = () => ({
    color: colour("--quiet"),
    fontSize: 12,
    fontFamily: getComputedStyle(document.body).fontFamily,
  });

  const axes = (at, shorten, most) => ({
    animation: false,
    grid: { left: 8, right: 12, top: 30, bottom: 4, containLabel: true },
    xAxis: {
      type: "category",
      data: at,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("--edge") } },
      axisLabel: { ...text(), formatter: shorten, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: most,
      minInterval: 1,
      splitNumber: 3,
      axisLabel: text(),
      splitLine: { lineStyle: { color: colour("--line") } },
    },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: colour("--paper"),
      borderColor: colour("--line"),
      textStyle: { ...text(), color: colour("--ink") },
      axisPointer: { type: "shadow", shadowStyle: { color: colour("--edge"), opacity: 0.12 } },
    },
  });

  const bars = (name, data, fill, z) => ({
    name, data, z, type: "bar", barGap: "-100%", barCategoryGap: "12%", itemStyle: { color: colour(fill) },
  });

  const options = {
    pulse: (figures) => {
      const option = axes(figures.at, (value) => value.slice(0, 5), Math.max(...figures.events, 0) < 4 ? 4 : undefined);
      option.grid.top = 8;
      option.xAxis.axisLabel.interval = (index, value) => value.endsWith(":00");
      option.series = [
        bars(figures.words.events, figures.events, "--bar", 1),
        bars(figures.words.strangers, figures.strangers, "--bar-mid", 2),
        bars(figures.words.harmful, figures.harmful, "--accent", 3),
      ];
      return option;
    },

    timeline: (figures) => {
      const sameDay = figures.at[0]?.slice(0, 10) === figures.at.at(-1)?.slice(0, 10);
      const shorten = (value) => value.slice(sameDay ? 11 : 5);
      const width = figures.at.length;
      // Marks that stand close get their labels on lines of their own, the first one lowest.
      const levels = [];
      figures.marks.forEach(({ bucket }, index) => {
        const before = figures.marks[index - 1];
        levels.push(before && bucket - before.bucket < width * 0.14 ? levels.at(-1) + 1 : 0);
      });
      const late = ({ bucket }) => bucket > width * 0.85;
      const series = [
        bars(figures.words.arrivals, figures.arrivals, "--bar", 1),
        bars(figures.words.strangers, figures.strangers, "--bar-mid", 2),
        bars(figures.words.harmful, figures.harmful, "--accent", 3),
      ];
      series[0].markLine = {
        symbol: "none",
        silent: true,
        animation: false,
        data: figures.marks.map((mark, index) => ({
          xAxis: mark.bucket,
          lineStyle: { color: colour({ act: "--act", warn: "--warn-mark", protected: "--accent" }[mark.key] ?? "--edge"), type: "solid", width: 1.5 },
          label: {
            ...text(),
            show: true,
            color: colour({ act: "--act", warn: "--warn", protected: "--accent" }[mark.key] ?? "--quiet"),
            formatter: mark.label.replace(/ .*(\d\d:\d\d)$/, " $1"),
            position: "end",
            align: late(mark) ? "right" : "left",
            offset: [0, -16 * levels[index]],
            padding: [0, 4],
            distance: [0, 4],
          },
        })),
      };
      if (figures.usual !== null) {
        series[1].markArea = {
          silent: true,
          itemStyle: { color: colour("--edge"), opacity: 0.16 },
          data: [[{ yAxis: 0 }, { yAxis: figures.usual_most }]],
        };
        series[1].markLine = {
          symbol: "none",
          silent: true,
          lineStyle: { color: colour("--ink"), width: 1, type: "dashed" },
          label: { show: false },
          data: [{ yAxis: figures.usual }],
        };
      }
      const option = axes(figures.at, shorten, undefined);
      option.grid.top = 28 + 16 * Math.max(0, ...levels);
      return { ...option, series };
    },
  };

  // One row a part: a dot with its 95 % interval, what it says at the right, the whole dashed.
  const ROW = 26;
  options.forest = (figures, element) => {
    const { rows, unit, words } = figures;
    const narrow = element.clientWidth < 400; // on a phone the limits are left to the table
    const [left, right] = narrow ? [144, 84] : [160, 138];
    const times = unit === "ms";
    const least = 1; // a minute: shorter ones stand at the edge
    const place = (value) => (times ? Math.max(value, least) : value);
    const ends = rows.flatMap(({ lo, hi, value }) => [lo ?? value, hi ?? value, value].map(place));
    const most = times ? undefined : [10, 20, 40, 60, 80, 100].find((edge) => edge >= Math.max(...ends)) ?? 100;
    const span = (minutes) => {
      if (minutes < 60) return `${Math.round(minutes)} ${words.min}`;
      return minutes < 1440 ? `${Math.round(minutes / 60)} ${words.h}` : `${Math.round(minutes / 1440)} ${words.d}`;
    };
    const label = { ...text(), color: colour("--soft") };
    const names = (data, position) => ({
      type: "category",
      inverse: true,
      data,
      position,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...label, width: (position === "left" ? left : right) - 8, overflow: "truncate", fontWeight: "normal" },
    });
    const ink = ({ small }) => colour(small ? "--bar-mid" : "--accent");
    const whisker = (row, index) => ({
      type: "line",
      data: [[place(row.lo ?? row.value), index], [place(row.hi ?? row.value), index]],
      symbol: "rect",
      symbolSize: [1.5, 9],
      silent: true,
      lineStyle: { color: ink(row), width: 1.5 },
      itemStyle: { color: ink(row) },
      z: 2,
    });
    const dots = {
      type: "scatter",
      data: rows.map((row, index) => ({ value: [place(row.value), index], itemStyle: { color: ink(row) } })),
      symbolSize: 8,
      silent: true,
      z: 3,
    };
    if (figures.baseline !== null) {
      dots.markLine = {
        symbol: "none",
        silent: true,
        animation: false,
        lineStyle: { color: colour("--ink"), type: "dashed", width: 1 },
        label: { ...text(), position: "end", distance: 4, formatter: words.whole },
        data: [{ xAxis: figures.baseline }],
      };
    }
    return {
      animation: false,
      grid: { left, right, top: 4, bottom: 34 },
      xAxis: {
        type: times ? "log" : "value",
        logBase: 60,
        min: times ? least : 0,
        max: most,
        interval: times ? undefined : most / 2,
        splitNumber: 3,
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: { ...text(), hideOverlap: true, showMinLabel: true, formatter: (value) => (times ? span(value) : `${value} %`), margin: figures.baseline === null ? 8 : 18 },
        splitLine: { lineStyle: { color: colour("--line") } },
      },
      yAxis: [
        names(rows.map(({ name }) => name), "left"),
        names(rows.map(({ said, limits }) => narrow ? said : `${said} (${limits})`), "right"),
      ],
      series: [...rows.map(whisker), dots],
    };
  };

  const draw = (element) => {
    if (element.dataset.chart === "forest") {
      element.style.height = `${ROW * JSON.parse(element.dataset.figures).rows.length + 40}px`;
    }
    let chart = charts.get(element);
    if (!chart) {
      chart = echarts.init(element, null, { renderer: "svg" });
      charts.set(element, chart);
    }
    const figures = JSON.parse(element.dataset.figures);
    chart.setOption(options[element.dataset.chart](figures, element), { notMerge: true });
  };
  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);

  drawAll();
  addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  document.addEventListener("htmx:afterSwap", (event) => {
    const now = document.getElementById("pulse-now");
    const pulse = document.getElementById("pulse");
    if (event.target.id !== "live" || !now || !pulse || pulse.dataset.figures === now.dataset.figures) return;
    pulse.dataset.figures = now.dataset.figures;
    draw(pulse);
  });
  addEventListener("beforeprint", () => charts.forEach((chart) => chart.resize()));
})();
