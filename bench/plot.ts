// The figures of all measurements as one SVG: a panel of bars each, ours in colour, in light and in dark.

import type { Report } from './harness.ts';

const COLUMNS = 2;
const PANEL = { width: 440, gap: 36, head: 26, row: 24, label: 150, value: 96 };
const FONT = 'font-family="system-ui, sans-serif"';
const STYLE = `
  text { fill: #24292f } .title { font-weight: 600 } .bar { fill: #b6bec8 } .ours { fill: #c2410c }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .bar { fill: #57606a } .ours { fill: #fb923c }
  }`;

type Panel = Report['panels'][number];

const asText = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const round = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2));

function drawPanel({ title, unit, bars }: Panel, x: number, y: number): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const room = PANEL.width - PANEL.label - PANEL.value;
  const drawn = bars.map(({ name, value, ours }, i) => {
    const top = PANEL.head + i * PANEL.row;
    const width = Math.max(1, (room * value) / most).toFixed(1);
    return `
    <text x="${PANEL.label - 8}" y="${top + 12}" text-anchor="end">${asText(name)}</text>
    <rect class="${ours ? 'ours' : 'bar'}" x="${PANEL.label}" y="${top}" width="${width}" height="16" rx="2"/>
    <text x="${PANEL.label + Number(width) + 6}" y="${top + 12}">${round(value)} ${unit}</text>`;
  });
  return `
  <g transform="translate(${x} ${y})">
    <text class="title" x="0" y="8">${asText(`${title[0]?.toUpperCase()}${title.slice(1)}`)}</text>${drawn.join('')}
  </g>`;
}

export function plot(panels: readonly Panel[]): string {
  const tops = Array.from({ length: COLUMNS }, () => 20);
  const drawn = panels.map((panel) => {
    const column = tops.indexOf(Math.min(...tops));
    const top = tops[column] ?? 0;
    tops[column] = top + PANEL.head + panel.bars.length * PANEL.row + PANEL.gap / 2;
    return drawPanel(panel, 12 + column * (PANEL.width + PANEL.gap), top);
  });
  const width = COLUMNS * PANEL.width + (COLUMNS - 1) * PANEL.gap + 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${Math.max(...tops)}" ${FONT} font-size="13" role="img">
  <title>What edge-auth measures beside its peers</title>
  <style>${STYLE}
  </style>${drawn.join('')}
</svg>
`;
}
