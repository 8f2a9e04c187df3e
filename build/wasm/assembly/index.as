/** All kernels of the engine, each exported by its name. */
export { packPanels, packTurned } from './product';
export { matmul, matmulTransposed, matmulTransposedScratch } from './matmul';
export { addChunks, convolve, convolveFilterGradient, filterGradientScratch } from './convolution';
export { winograd, winogradFilter, winogradFilterGradient, winogradFilterGradientEnd, winogradInput, winogradBlock, winogradPanels, winogradScratch } from './winograd';
export { depthwise, depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
export { averagePool, averagePoolGradient, maxPool, maxPoolGradient } from './pooling';
export {
  chunkGradients, chunkMoments, foldNormalization, inverseDeviation, mergeMoments, normalize, normalizeGradient,
} from './normalization';
export { softmax, unary } from './unary';
export { binary, binaryRows, select } from './binary';
export { activationGradient, argument, columnSums, reduce } from './reduce';
export { cast, copyRuns, fill, gather, oneHot, repeatChannels, segmentSum } from './shape';
export { adamStep, momentumStep, rmspropStep, sgdStep } from './optimizer';
