// The one selection of ECharts: the build draws with it inside Go, the browser
// with it inside the page, so both draw the same from the same option.
import * as echarts from 'echarts/core';
import { BarChart, HeatmapChart, LineChart, MapChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent, GeoComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, TitleComponent, TooltipComponent, VisualMapPiecewiseComponent,
} from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';

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

// svg draws an option without a document and returns the SVG as text.
export function svg({ graphic, ...option }, width, height) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    if (graphic) marks(chart.getZr(), graphic.elements);
    chart.setOption(option);
    return chart.getZr().painter.renderToString({ useViewBox: true, cssAnimation: false, cssEmphasis: false });
  } finally {
    chart.dispose();
  }
}
