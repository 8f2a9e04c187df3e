/** A reliability diagram: how often what was claimed with a probability came, by bin, with the number of claims. */
import { type Chart, PALETTE, REFERENCE } from '../../../src/sdk/charts/index.ts';
import type { Bin } from '../metrics/calibration.ts';

export function reliabilityChart(bins: readonly Bin[], error: number): Chart {
  const rows = bins
    .filter(({ count }) => count > 0)
    .map(({ claimed, share, shareLow, shareHigh, count, low, high }) => ({
      claimed,
      share,
      shareLow,
      shareHigh,
      count,
      bin: `${low.toFixed(2)} to ${high.toFixed(2)}`,
    }));
  const unit = { domain: [0, 1], nice: false };
  const x = { field: 'claimed', type: 'quantitative', title: 'predicted probability (mean of bin)', scale: unit };
  return {
    name: 'reliability',
    rows,
    spec: {
      title: 'Reliability',
      description: `Share of right answers by predicted probability in ${rows.length} bins; expected calibration error ${error.toFixed(4)}.`,
      width: 320,
      height: 320,
      layer: [
        {
          data: { values: [0, 1].map((each) => ({ claimed: each, share: each })) },
          mark: { type: 'line', strokeDash: [2, 3], strokeWidth: 1, color: REFERENCE, tooltip: null },
          encoding: { x, y: { field: 'share', type: 'quantitative' } },
        },
        {
          mark: { type: 'rule', color: PALETTE[0] ?? '', strokeWidth: 1.5, tooltip: null },
          encoding: { x, y: { field: 'shareLow', type: 'quantitative' }, y2: { field: 'shareHigh' } },
        },
        {
          mark: { type: 'point', color: PALETTE[0] ?? '', opacity: 1 },
          encoding: {
            x,
            y: { field: 'share', type: 'quantitative', title: 'share that was right (95 % interval)', scale: unit },
            size: {
              field: 'count',
              type: 'quantitative',
              title: 'predictions',
              scale: { range: [25, 260] },
              legend: { orient: 'bottom' },
            },
            tooltip: [
              { field: 'bin', type: 'nominal', title: 'probability' },
              { field: 'count', type: 'quantitative', title: 'predictions' },
              { field: 'claimed', type: 'quantitative', title: 'mean probability', format: '.3f' },
              { field: 'share', type: 'quantitative', title: 'share right', format: '.3f' },
            ],
          },
        },
      ],
    },
  };
}
