// The one selection of ECharts: the build draws with it inside Go, the browser
// with it inside the page, so both draw the same from the same option.
import * as echarts from 'echarts/core';
import { BarChart, HeatmapChart, LineChart, MapChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent, GeoComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, TitleComponent, TooltipComponent, VisualMapPiecewiseComponent,
} from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import { init as sheet } from 'zrender/lib/zrender.js';

echarts.use([
  BarChart, HeatmapChart, LineChart, MapChart, ScatterChart,
  AriaComponent, GeoComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, TitleComponent, TooltipComponent, VisualMapPiecewiseComponent,
  SVGRenderer,
]);

export const { init, registerMap, getMap, setPlatformAPI } = echarts;

// marks puts the shapes and texts of an option on the paper themselves. ECharts'
// graphic component does the same, through a model, a merge and a transition of
// each, which takes most of the time where nothing moves.
function marks(paper, elements) {
  for (const { type, shape, style, ...place } of elements) {
    const Mark = echarts.graphic[type[0].toUpperCase() + type.slice(1)];
    paper.add(new Mark({ ...place, style, ...(shape && { shape }) }));
  }
}

// What a series may say for its marks to be put on the paper like those shapes:
// points and lines on axes that are not drawn. ECharts' models, scales and layout
// take several times as long as the marks, and place them the same.
const said = {
  scatter: ['type', 'symbol', 'symbolSize', 'data', 'z', 'clip', 'itemStyle', 'dimensions', 'encode'],
  line: ['type', 'symbol', 'data', 'z', 'clip', 'silent', 'lineStyle'],
};

const bare = (s) => !s.clip && s.symbol === (s.type === 'line' ? 'none' : 'circle')
  && Object.keys(s).every((key) => said[s.type]?.includes(key)) && s.data.every(Array.isArray);

const undrawn = (axes) => axes?.length === 1 && axes[0].type === 'value' && axes[0].show === false && axes[0].max > axes[0].min;

// placed turns values into pixels, as the hidden axes of the option would.
function placed({ grid: [g], xAxis: [x], yAxis: [y] }) {
  const [left, top, width, height] = [g.left, g.top, g.width, g.height].map(parseFloat);
  const tenth = (v) => Math.round(v * 10) / 10;
  const share = (axis, v) => (v - axis.min) / (axis.max - axis.min);
  return ([a, b]) => [tenth(left + share(x, a) * width),
    tenth(top + (y.inverse ? share(y, b) : 1 - share(y, b)) * height)];
}

// Strokes are many lines of one look as one path; null lifts the pen.
const Strokes = echarts.graphic.extendShape({
  shape: { points: [] },
  buildPath(path, { points }) {
    points.forEach((p, i) => {
      if (p) path[i && points[i - 1] ? 'lineTo' : 'moveTo'](p[0], p[1]);
    });
  },
});

function plot(paper, s, place) {
  if (s.type === 'line') {
    const { color, width, type, opacity = 1 } = s.lineStyle;
    paper.add(new Strokes({
      z: s.z, z2: 10, silent: true, shape: { points: s.data.map((p) => (p[0] === null ? null : place(p))) },
      style: { fill: 'none', stroke: color, lineWidth: width, opacity, lineJoin: 'bevel', lineDash: type === 'dashed' ? [4 * width, 2 * width] : null },
    }));
    return;
  }
  for (const point of s.data) {
    const [cx, cy] = place(point);
    paper.add(new echarts.graphic.Circle({ z: s.z, z2: 100, silent: true, shape: { cx, cy, r: s.symbolSize / 2 }, style: { fill: s.itemStyle.color } }));
  }
}

// svg draws an option without a document and returns the SVG as text.
export function svg({ graphic, ...option }, width, height) {
  const { series } = option;
  const plain = !series.length || (undrawn(option.xAxis) && undrawn(option.yAxis) && series.every(bare));
  const size = { renderer: 'svg', ssr: true, width, height };
  const drawer = plain ? sheet(null, size) : echarts.init(null, null, size);
  const paper = plain ? drawer : drawer.getZr();
  try {
    if (graphic) marks(paper, graphic.elements);
    if (!plain) drawer.setOption(option);
    else if (series.length) {
      const place = placed(option);
      for (const s of series) plot(paper, s, place);
    }
    return paper.painter.renderToString({ useViewBox: true, cssAnimation: false, cssEmphasis: false });
  } finally {
    drawer.dispose();
  }
}
