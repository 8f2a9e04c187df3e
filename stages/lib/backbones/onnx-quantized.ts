/**
 * A quantised ONNX graph in single precision: what QuantizeLinear and DequantizeLinear stand around.
 *
 * Weights become what their bytes stand for. Where values are put into 8 bits, those that cannot be held are cut off at the ends of
 * the range if the range begins at 0: that is how such a graph says relu, which its maker left out. Rounding to 256 steps is not
 * repeated. Operators: https://onnx.ai/onnx/operators, DequantizeLinear and QuantizeLinear, version 13.
 */
import { unknownOperation } from './network-problems.ts';
import type { OnnxConstant, OnnxGraph, OnnxNode } from './onnx-file.ts';

const STEPS = 255;
const LEAST_SIGNED = -128;
/** A greatest value that is 6 up to the rounding of its scale is that of relu6. */
const NEARLY_6 = 0.05;

/** @throws StageError E0885 for scales that are computed. */
export function inSinglePrecision(graph: OnnxGraph): OnnxGraph {
  if (!graph.nodes.some(({ operator }) => operator === 'DequantizeLinear' || operator === 'QuantizeLinear'))
    return graph;
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.flatMap((node): OnnxNode[] => {
    const [value = '', scaleName = '', zeroName = ''] = node.inputs;
    const [made = ''] = node.outputs;
    if (node.operator === 'Constant') {
      const constant = node.constant('value');
      if (constant !== null) constants.set(made, constant);
      return [node];
    }
    if (node.operator !== 'DequantizeLinear' && node.operator !== 'QuantizeLinear') return [node];
    const scale = constants.get(scaleName);
    const zero = constants.get(zeroName) ?? null;
    if (scale === undefined) throw unknownOperation(node.operator, made, 'its scale is computed');
    const fixed = constants.get(value);
    if (fixed !== undefined) {
      const isStored = node.operator === 'DequantizeLinear';
      constants.set(made, isStored ? dequantize(fixed, scale, zero, node.int('axis', 1)) : fixed);
      return [];
    }
    const most = node.operator === 'QuantizeLinear' ? greatest(scale, zero) : null;
    if (most === null) return [plain('Identity', [value], made)];
    constants.set(`${made}/least`, { shape: [], values: Float32Array.of(0) });
    constants.set(`${made}/most`, { shape: [], values: Float32Array.of(Math.abs(most - 6) < NEARLY_6 ? 6 : most) });
    return [plain('Clip', [value, `${made}/least`, `${made}/most`], made)];
  });
  return { ...graph, nodes, constants };
}

function dequantize(stored: OnnxConstant, scale: OnnxConstant, zero: OnnxConstant | null, axis: number): OnnxConstant {
  const { shape, values } = stored;
  const at = axis < 0 ? axis + shape.length : axis;
  const inner = shape.slice(at + 1).reduce((size, side) => size * side, 1);
  const channels = scale.values.length;
  return {
    shape,
    values: values.map((value, i) => {
      const k = channels > 1 ? Math.floor(i / inner) % channels : 0;
      return (value - (zero?.values[k] ?? 0)) * (scale.values[k] as number);
    }),
  };
}

/** The greatest value that can be held, where the least is 0; else null. */
function greatest(scale: OnnxConstant, zero: OnnxConstant | null): number | null {
  const least = zero?.isSigned === true ? LEAST_SIGNED : 0;
  const [step = 0] = scale.values;
  return scale.values.length === 1 && (zero?.values[0] ?? 0) === least ? STEPS * step : null;
}

function plain(operator: string, inputs: readonly string[], made: string): OnnxNode {
  return {
    operator,
    inputs,
    outputs: [made],
    int: (_name, otherwise) => otherwise,
    ints: () => [],
    float: (_name, otherwise) => otherwise,
    text: () => '',
    constant: () => null,
  };
}
